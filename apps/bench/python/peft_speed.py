"""Does the work that `bench:speed` and `bench:step` time, in PEFT and Transformers, on request.

Takes the sizes of the backbone as JSON and the path of its tokenizer.json, and prints a line of JSON
with the versions. Then answers each line of standard input, a JSON object whose `do` names a function below,
with one line of JSON. Ends with its input.

The model is a BERT of the given sizes with random weights: what the weights are makes no difference
to the time. Nothing is dropped out. Training starts from ids that are there; inference starts from
texts, as `predict` does.
"""

import contextlib
import functools
import json
import random
import resource
import sys
import time

sizes = json.loads(sys.argv[1])

import torch  # noqa: E402
import transformers  # noqa: E402

transformers.utils.logging.set_verbosity_error()

import peft  # noqa: E402

torch.set_num_threads(sizes["threads"])
labels = 2


def make_backbone(layers=None):
    torch.manual_seed(0)
    return transformers.BertForSequenceClassification(
        transformers.BertConfig(
            hidden_size=sizes["hiddenSize"],
            num_hidden_layers=layers or sizes["numLayers"],
            num_attention_heads=sizes["numHeads"],
            intermediate_size=sizes["intermediateSize"],
            vocab_size=sizes["vocabularySize"],
            max_position_embeddings=sizes["maxPositions"],
            num_labels=labels,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            classifier_dropout=0.0,
        )
    )


def adapter_config(method, length):
    common = {"task_type": peft.TaskType.SEQ_CLS, "num_virtual_tokens": length}
    if method == "p-tuning-v2":
        return peft.PrefixTuningConfig(**common, prefix_projection=False)
    if method == "prefix":
        return peft.PrefixTuningConfig(**common, prefix_projection=True, encoder_hidden_size=512)
    if method == "prompt-tuning":
        return peft.PromptTuningConfig(**common)
    if method == "p-tuning":
        kind = peft.PromptEncoderReparameterizationType.LSTM
        return peft.PromptEncoderConfig(
            **common, encoder_reparameterization_type=kind, encoder_hidden_size=sizes["hiddenSize"] // 2
        )
    return None


def make_model(method, length):
    backbone = make_backbone()
    config = adapter_config(method, length)
    if config is not None:
        return peft.get_peft_model(backbone, config)
    if method == "head-only":
        for name, parameter in backbone.named_parameters():
            parameter.requires_grad = name.startswith("classifier.")
    return backbone


def make_batch(rows, tokens):
    """`tokens` is one length for all rows, or a length for each."""
    lengths = [tokens] * rows if isinstance(tokens, int) else tokens
    size = (rows, max(lengths))
    mask = torch.tensor([[int(at < length) for at in range(size[1])] for length in lengths])
    return {
        "input_ids": torch.randint(sizes["vocabularySize"], size),
        "attention_mask": mask,
        "labels": torch.randint(0, labels, (rows,)),
    }


@functools.cache
def tokenizer():
    """The backbone's own, of the fast kind. Loaded when it is asked for: training needs none."""
    fast = transformers.PreTrainedTokenizerFast(tokenizer_file=sys.argv[2])
    fast.pad_token = fast.convert_ids_to_tokens(sizes["paddingId"])
    return fast


def make_texts(rows, tokens):
    """As many words of one token as make rows of so many tokens with the special ones."""
    texts = [" ".join(["the"] * (tokens - 2))] * rows
    assert tokenizer()(texts, padding=True, return_tensors="pt")["input_ids"].shape == (rows, tokens)
    return texts


def autocast(precision):
    if precision == "bfloat16":
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext()


class Work:
    """One method at one size, ready to run."""

    def __init__(self, method, batchSize, sequence, promptLength, precision, **_):
        self.model = make_model(method, promptLength)
        self.trained = [part for part in self.model.parameters() if part.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-3, weight_decay=0.01)
        self.batch = make_batch(batchSize, sequence)
        self.size = (batchSize, sequence)
        self.precision = precision

    @functools.cached_property
    def texts(self):
        return make_texts(*self.size)

    def train(self, batch=None):
        self.model.train()
        self.optimizer.zero_grad()
        with autocast(self.precision):
            loss = self.model(**(batch or self.batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()

    def infer(self):
        self.model.eval()
        with torch.no_grad(), autocast(self.precision):
            inputs = tokenizer()(self.texts, padding=True, return_tensors="pt")
            self.model(**inputs).logits.argmax(-1).tolist()


work = None


def timed(run, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return times


def prepare(**settings):
    global work
    work = Work(**settings)
    return sum(part.numel() for part in work.trained)


def train(count):
    return timed(work.train, count)


def infer(count):
    work.texts  # Made before the clock runs.
    return timed(work.infer, count)


def epoch(lengths, batchSize, seed):
    """Milliseconds of an epoch over rows of these lengths, in a random order, each batch padded to its longest row."""
    order = list(lengths)
    random.Random(seed).shuffle(order)
    batches = [order[start : start + batchSize] for start in range(0, len(order), batchSize)]
    ready = [make_batch(len(batch), batch) for batch in batches]
    start = time.perf_counter()
    for batch in ready:
        work.train(batch)
    return (time.perf_counter() - start) * 1000


switched = None


def adapters(count, promptLength):
    """Gives one backbone `count` prefix adapters."""
    global switched
    config = adapter_config("p-tuning-v2", promptLength)
    switched = peft.get_peft_model(make_backbone(), config, adapter_name="0")
    for index in range(1, count):
        switched.add_adapter(str(index), config)
    switched.eval()
    return count


def serve(chosen, tokens, precision):
    """Milliseconds for a batch of which each row asks for an adapter: one pass for each that occurs.

    All texts are tokenized at once, which is quicker than group by group.
    """
    texts = make_texts(len(chosen), tokens)
    places = {}
    for place, name in enumerate(chosen):
        places.setdefault(name, []).append(place)
    answers = [None] * len(chosen)
    start = time.perf_counter()
    with torch.no_grad(), autocast(precision):
        inputs = tokenizer()(texts, padding=True, return_tensors="pt")
        for name, rows in places.items():
            switched.set_adapter(str(name))
            labels = switched(**{key: value[rows] for key, value in inputs.items()}).logits.argmax(-1)
            for row, label in zip(rows, labels.tolist()):
                answers[row] = label
    return (time.perf_counter() - start) * 1000


def memory():
    """Largest resident memory of this process so far, in bytes.

    Linux counts in `ru_maxrss` what the parent had when it made this process, so that it is asked for in
    another way there.
    """
    try:
        with open("/proc/self/status") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def answer(value):
    print(json.dumps(value), flush=True)


commands = {run.__name__: run for run in (prepare, train, infer, epoch, adapters, serve, memory)}
answer(
    {
        "peft": peft.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": torch.get_num_threads(),
    }
)
for line in sys.stdin:
    request = json.loads(line)
    answer(commands[request.pop("do")](**request))
