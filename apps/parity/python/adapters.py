"""Tiny random PEFT adapters, and the logits of a model with one."""

import json

import torch
from peft import (
    MultitaskPromptTuningConfig,
    PeftModel,
    PrefixTuningConfig,
    PromptEncoderConfig,
    PromptTuningConfig,
    get_peft_model,
)
from tokenizers import Tokenizer, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)

LABELS = {"SEQ_CLS": 3, "TOKEN_CLS": 5, "QUESTION_ANS": 2}
MODELS = {
    "SEQ_CLS": AutoModelForSequenceClassification,
    "TOKEN_CLS": AutoModelForTokenClassification,
    "CAUSAL_LM": AutoModelForCausalLM,
    "QUESTION_ANS": AutoModelForQuestionAnswering,
    "SEQ_2_SEQ_LM": AutoModelForSeq2SeqLM,
}
# Of a multi-task adapter.
TASKS, TASK = 3, 1
WORDS = ["ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "oak", "pine", "yew"]
ROWS = {
    "SEQ_CLS": [
        {"text": "oak elm ash"},
        {"text": "yew", "textPair": "pine fir hazel"},
        {"text": "birch cedar elm larch oak yew ash pine"},
    ],
    "TOKEN_CLS": [
        {"tokens": ["oak", "elm", "ash"]},
        {"tokens": ["yew"]},
        {"tokens": ["birch", "cedar", "elm", "larch", "oak", "yew", "ash"]},
    ],
    "QUESTION_ANS": [
        {"question": "oak elm", "context": "ash birch cedar elm oak"},
        {"question": "yew pine fir", "context": "hazel"},
        {"question": "larch", "context": "birch cedar elm larch oak yew ash pine"},
    ],
    "CAUSAL_LM": [{"text": "oak elm ash"}, {"text": "yew"}, {"text": "birch cedar elm larch oak"}],
    "SEQ_2_SEQ_LM": [
        {"text": "oak elm ash", "target": "pine fir"},
        {"text": "yew", "target": "larch oak yew ash pine hazel"},
        {"text": "birch cedar elm larch oak yew ash pine", "target": "elm"},
    ],
}


def randomize(model, seed):
    """Weights at which no layer is linear, and prompts that are felt."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            is_norm = "norm" in name.lower() or "ln_" in name
            if is_norm and name.endswith("weight"):
                parameter.normal_(1, 0.2)
            else:
                # The vocabulary layer as the heads: logits of order 1.
                inner = parameter.dim() > 1 and not name.startswith("lm_head")
                parameter.normal_(0, 0.2 if inner else 0.1)
                # T5 does not scale its scores: its queries are small instead.
                if name.endswith("Attention.q.weight"):
                    parameter.mul_(0.2)


def config_for(method, task, sizes, length, modules):
    common = {"task_type": task, "num_virtual_tokens": length, "modules_to_save": modules, **sizes}
    if method == "prompt":
        return PromptTuningConfig(**common)
    if method == "multitask":
        return MultitaskPromptTuningConfig(num_tasks=TASKS, num_ranks=2, **common)
    if method.startswith("p-"):
        kind = {"encoder_reparameterization_type": method[2:].upper(), "encoder_hidden_size": 12}
        return PromptEncoderConfig(**kind, **common)
    projected = method == "prefix-mlp"
    return PrefixTuningConfig(prefix_projection=projected, encoder_hidden_size=24, **common)


def load_base(folder, task):
    # A head that the checkpoint may have is replaced.
    labels = {"num_labels": LABELS[task]} if task in LABELS else {}
    options = {**labels, "ignore_mismatched_sizes": True}
    return MODELS[task].from_pretrained(folder, attn_implementation="eager", **options).eval()


def make_adapter(base_folder, folder, method, task, length=5, modules=None, seed=3):
    """Saves an adapter as PEFT does and returns the model that it was saved from."""
    base = load_base(base_folder, task)
    # What PEFT does not find in a config: DistilBERT's names, and embeddings of their own width.
    sizes = {}
    if base.config.model_type == "distilbert":
        sizes = {"token_dim": base.config.dim, "num_attention_heads": base.config.n_heads}
    elif not method.startswith("prefix"):
        sizes = {"token_dim": base.get_input_embeddings().embedding_dim}
    elif base.config.model_type == "t5":
        # PEFT takes the width of the hidden states, which need not be that of all keys.
        sizes = {"token_dim": base.config.d_kv * base.config.num_heads}
    model = get_peft_model(base, config_for(method, task, sizes, length, modules))
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, value in trained:
            value.normal_(0, 0.5 if "prompt_encoder" in name else 0.1)
    model.eval()
    model.peft_config["default"].base_model_name_or_path = f"tiny/{base_folder.name}"
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    return model


def load_adapter(base_folder, folder, task):
    return PeftModel.from_pretrained(load_base(base_folder, task), folder).eval()


def open_tokenizer(base_folder):
    tokenizer = Tokenizer.from_file(str(base_folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encodings_of(tokenizer, rows):
    def one(row):
        if "tokens" in row:
            if type(tokenizer.pre_tokenizer).__name__ == "ByteLevel":
                # As Transformers does for words that are split already.
                tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
            return tokenizer.encode(row["tokens"], is_pretokenized=True)
        if "question" in row:
            return tokenizer.encode(row["question"], row["context"])
        pair = [row["textPair"]] if "textPair" in row else []
        return tokenizer.encode(row["text"], *pair)

    return [one(row) for row in rows]


def padded(lists, value, left=False):
    length = max(map(len, lists))
    pads = [[value] * (length - len(values)) for values in lists]
    return torch.tensor([p + v if left else v + p for v, p in zip(lists, pads)])


def batch_of(base_folder, encodings, types, left=False):
    pad = json.loads((base_folder / "config.json").read_text())["pad_token_id"]
    batch = {
        "input_ids": padded([encoding.ids for encoding in encodings], pad, left),
        "attention_mask": padded([encoding.attention_mask for encoding in encodings], 0, left),
    }
    if types:
        batch["token_type_ids"] = padded([encoding.type_ids for encoding in encodings], 0, left)
    return batch


def encode(base_folder, rows, types, left=False):
    """A batch of the rows, padded on the right or on the left; targets always on the right."""
    tokenizer = open_tokenizer(base_folder)
    batch = batch_of(base_folder, encodings_of(tokenizer, rows), types, left)
    if "target" in rows[0]:
        targets = encodings_of(tokenizer, [{"text": row["target"]} for row in rows])
        batch["labels"] = padded([target.ids for target in targets], -100)
    return batch


def logits_of(model, base_folder, task, types, rows=None, left=False):
    """One flat list a row: of its labels, or of the labels of its real tokens."""
    batch = encode(base_folder, rows or ROWS[task], types, left)
    config = model.peft_config["default"]
    extra = {}
    if config.peft_type == "MULTITASK_PROMPT_TUNING":
        # PTL writes the prompt of one task.
        index = min(TASK, config.num_tasks - 1)
        extra["task_ids"] = torch.full((len(batch["input_ids"]),), index)
    with torch.no_grad():
        output = model(**batch, **extra)
    if task == "QUESTION_ANS":
        logits = torch.stack([output.start_logits, output.end_logits], -1)
    else:
        logits = output.logits
    if task == "SEQ_CLS":
        return [row.tolist() for row in logits]
    mask = batch["labels"] != -100 if "labels" in batch else batch["attention_mask"]
    # PEFT leaves the rows of virtual tokens in front.
    real = logits[:, logits.shape[1] - mask.shape[1] :]
    lengths = mask.sum(1)
    return [row[:length].flatten().tolist() for row, length in zip(real, lengths)]
