"""PEFT's side of the comparison of trained adapters. Needs torch, transformers, peft and tokenizers.

training.py train FOLDER   trains the adapters that FOLDER/work.json asks for on the model in
                           FOLDER/model, saves them and writes PEFT's answers to the test rows
training.py read FOLDER    reads the adapters that PTL trained, and writes PEFT's answers

Scores are counted here, not by PTL: what both print must be the same number.
"""

import json
import sys
import warnings
from pathlib import Path

import peft
import torch
import transformers
from peft import (
    PeftModel,
    PrefixTuningConfig,
    PromptEncoderConfig,
    PromptTuningConfig,
    get_peft_model,
)
from torch.nn.functional import cross_entropy

from adapters import MODELS, batch_of, encodings_of, open_tokenizer

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore")

TASKS = {"sequence-classification": "SEQ_CLS", "token-classification": "TOKEN_CLS"}
CONFIGS = {
    "prefix": lambda hidden, **common: PrefixTuningConfig(
        prefix_projection=True, encoder_hidden_size=hidden, **common
    ),
    "p-tuning-v2": lambda hidden, **common: PrefixTuningConfig(**common),
    "prompt-tuning": lambda hidden, **common: PromptTuningConfig(**common),
    "p-tuning": lambda hidden, **common: PromptEncoderConfig(
        encoder_reparameterization_type="LSTM", encoder_hidden_size=hidden // 2, **common
    ),
}
# PEFT starts from N(0, 1), which is far too wide where no encoder follows.
SPREADS = {"p-tuning-v2": 0.02, "prompt-tuning": 0.02}


class Side:
    """One data set on the model: rows as batches, and what a model says of them."""

    def __init__(self, root, data):
        self.folder, self.data, self.labels = root / "model", data, data["labels"]
        self.tokenizer = open_tokenizer(self.folder)
        self.is_tagging = data["kind"] == "token-classification"

    def base(self):
        torch.manual_seed(0)
        kind = MODELS[TASKS[self.data["kind"]]]
        options = {"num_labels": len(self.labels), "dtype": torch.float32}
        return kind.from_pretrained(self.folder, **options)

    def batch(self, rows):
        encodings = encodings_of(self.tokenizer, rows)
        return batch_of(self.folder, encodings, types=True), [starts(one) for one in encodings]

    def logits(self, model, batch):
        """Those of the real tokens: PEFT leaves the rows of virtual tokens in front."""
        logits = model(**batch).logits
        return logits[:, -batch["input_ids"].shape[1] :] if self.is_tagging else logits

    def loss(self, model, rows):
        batch, words = self.batch(rows)
        logits = self.logits(model, batch)
        if not self.is_tagging:
            return cross_entropy(logits, torch.tensor([self.labels.index(row["label"]) for row in rows]))
        targets = torch.full(batch["input_ids"].shape, -100)
        for target, row, firsts in zip(targets, rows, words):
            for word, first in firsts.items():
                target[first] = self.labels.index(row["tags"][word])
        return cross_entropy(logits.flatten(0, 1), targets.flatten())

    @torch.no_grad()
    def answers(self, model):
        model.eval()
        rows = self.data["test"]
        predictions, logits = [], []
        for start in range(0, len(rows), 32):
            part = rows[start : start + 32]
            batch, words = self.batch(part)
            for row, values, mask, firsts in zip(
                part, self.logits(model, batch), batch["attention_mask"], words
            ):
                real = values[: int(mask.sum())] if self.is_tagging else values
                logits.append(real.flatten().tolist())
                best = real.argmax(-1).tolist()
                predictions.append(self.tags(row, best, firsts) if self.is_tagging else [self.labels[best]])
        return {"predictions": predictions, "logits": logits, "score": self.score(predictions)}

    def tags(self, row, best, firsts):
        return [self.labels[best[firsts[word]]] if word in firsts else "O" for word in range(len(row["tokens"]))]

    def score(self, predictions):
        gold = [row["tags"] if self.is_tagging else [row["label"]] for row in self.data["test"]]
        if not self.is_tagging:
            return sum(one == other for one, other in zip(predictions, gold)) / len(gold)
        found = [entities(tags) for tags in predictions]
        right = [entities(tags) for tags in gold]
        correct = sum(len(one & other) for one, other in zip(found, right))
        return 2 * correct / (sum(map(len, found)) + sum(map(len, right)))


def starts(encoding):
    """The first token of each word."""
    firsts = {}
    for place, word in enumerate(encoding.word_ids):
        if word is not None:
            firsts.setdefault(word, place)
    return firsts


def entities(tags):
    """Type, start and end of each entity of BIO tags; a stray `I-` opens one."""
    found, kind, start = set(), None, 0
    for place, tag in enumerate([*tags, "O"]):
        if kind is not None and tag == f"I-{kind}":
            continue
        if kind is not None:
            found.add((kind, start, place))
        kind, start = (None if tag == "O" else tag[2:]), place
    return found


def train_one(side, case, steps, batch_size):
    base = side.base()
    common = {"task_type": TASKS[side.data["kind"]], "num_virtual_tokens": case["promptLength"]}
    model = get_peft_model(base, CONFIGS[case["method"]](base.config.hidden_size, **common))
    with torch.no_grad():
        model.prompt_encoder["default"].embedding.weight.mul_(SPREADS.get(case["method"], 1))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=case["learningRate"])
    rows, order, generator = side.data["train"], [], torch.Generator().manual_seed(1)
    model.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = case["learningRate"] * (1 - step / steps)
        if len(order) < batch_size:
            order += torch.randperm(len(rows), generator=generator).tolist()
        places, order = order[:batch_size], order[batch_size:]
        loss = side.loss(model, [rows[place] for place in places])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
    return model


def train(root, work):
    results = {}
    for case in work["cases"]:
        side = Side(root, work["dataSets"][case["dataSet"]])
        model = train_one(side, case, work["steps"], work["batchSize"])
        model.save_pretrained(root / "cases" / case["name"] / "peft")
        results[case["name"]] = side.answers(model)
        print(f"{case['name']}: trained in PEFT", flush=True)
    return results


def read(root, work):
    results = {}
    for case in work["cases"]:
        side = Side(root, work["dataSets"][case["dataSet"]])
        try:
            model = PeftModel.from_pretrained(side.base(), root / "cases" / case["name"] / "ptl")
            results[case["name"]] = side.answers(model)
        except Exception as error:  # noqa: BLE001: whatever PEFT says belongs in the report.
            results[case["name"]] = f"{type(error).__name__}: {error}"
    return results


if __name__ == "__main__":
    command, folder = sys.argv[1:]
    root = Path(folder)
    work = json.loads((root / "work.json").read_text())
    content = {
        "versions": {"peft": peft.__version__, "torch": torch.__version__, "transformers": transformers.__version__},
        "results": {"train": train, "read": read}[command](root, work),
    }
    (root / f"{command}.json").write_text(json.dumps(content))
