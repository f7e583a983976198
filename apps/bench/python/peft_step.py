"""Times P-tuning v2 in PEFT, on request.

Takes the shape of the work as JSON in its one argument, prepares everything, prints a line of JSON
with the versions, then answers each line of standard input: `train N` or `infer N` runs N steps
and prints the milliseconds of each as a JSON list. Ends with its input.

The model is a BERT of the given sizes with random weights: what the weights are makes no
difference to the time. Nothing is dropped out.
"""

import json
import sys
import time

shape = json.loads(sys.argv[1])

import torch  # noqa: E402
import transformers  # noqa: E402

transformers.utils.logging.set_verbosity_error()

import peft  # noqa: E402

torch.set_num_threads(shape["threads"])
torch.manual_seed(0)

config = transformers.BertConfig(
    hidden_size=shape["hiddenSize"],
    num_hidden_layers=shape["numLayers"],
    num_attention_heads=shape["numHeads"],
    intermediate_size=shape["intermediateSize"],
    vocab_size=shape["vocabularySize"],
    max_position_embeddings=shape["maxPositions"],
    num_labels=shape["labels"],
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    classifier_dropout=0.0,
)
model = peft.get_peft_model(
    transformers.BertForSequenceClassification(config),
    peft.PrefixTuningConfig(
        task_type=peft.TaskType.SEQ_CLS,
        num_virtual_tokens=shape["promptLength"],
        prefix_projection=False,
    ),
)
size = (shape["batchSize"], shape["sequence"])
batch = {
    "input_ids": torch.randint(shape["vocabularySize"], size),
    "attention_mask": torch.ones(size, dtype=torch.long),
    "labels": torch.randint(0, shape["labels"], (shape["batchSize"],)),
}
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.01)


def train():
    model.train()
    optimizer.zero_grad()
    model(**batch).loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()


def infer():
    model.eval()
    with torch.no_grad():
        model(**batch).logits


def answer(value):
    print(json.dumps(value), flush=True)


answer(
    {
        "peft": peft.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": torch.get_num_threads(),
        "trainable": sum(parameter.numel() for parameter in trained),
    }
)
steps = {"train": train, "infer": infer}
for line in sys.stdin:
    name, count = line.split()
    times = []
    for _ in range(int(count)):
        start = time.perf_counter()
        steps[name]()
        times.append((time.perf_counter() - start) * 1000)
    answer(times)
