"""PEFT's side of the comparison. Needs torch, transformers, peft and tokenizers.

parity.py make FOLDER   writes tiny models and adapters that PEFT made, with PEFT's logits
parity.py read FOLDER   reads the adapters that PTL wrote beside them, and writes PEFT's logits
parity.py fixtures      writes the few cases that are tested without Python, for the tiny models in
                        packages/core/fixtures/backbones, to packages/core/fixtures/peft
"""

import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import peft
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
)

from adapters import ROWS, TASK, WORDS, load_adapter, logits_of, make_adapter, randomize
from families import FAMILIES
from refusals import refusals

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.filterwarnings("ignore")


def write_model(folder, family):
    config = family.config
    config.pad_token_id, first, last, unknown = family.special
    folder.mkdir(parents=True)
    kind = AutoModelForCausalLM if family.causal else AutoModel
    kind = AutoModelForSeq2SeqLM if family.pair else kind
    # DeBERTa's pooler is one of its classifier's.
    kind = AutoModelForSequenceClassification if config.model_type == "deberta-v2" else kind
    model = kind.from_config(config)
    randomize(model, seed=7)
    model.save_pretrained(folder)
    write_tokenizer(folder, config.pad_token_id, first, last, unknown, family.types)


def write_tokenizer(folder, pad, first, last, unknown, types):
    special = {"[PAD]": pad, "[CLS]": first, "[SEP]": last, "[UNK]": unknown}
    special = {token: place for token, place in special.items() if place is not None}
    before = "" if first is None else "[CLS]:0 "
    vocabulary = {**special, **{word: 4 + index for index, word in enumerate(WORDS)}}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(sorted(special, key=special.get))
    second = 1 if types else 0
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{before}$A:0 [SEP]:0",
        pair=f"{before}$A:0 [SEP]:0 $B:{second} [SEP]:{second}",
        special_tokens=[(token, special[token]) for token in ("[CLS]", "[SEP]") if token in special],
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def cases():
    for name, family in FAMILIES.items():
        for task in family.tasks:
            for method in family.methods:
                # PEFT does not pass the task's number on: "task_ids cannot be None".
                if (task, method) != ("QUESTION_ANS", "multitask"):
                    yield name, task, method, None
    # A backbone module trained along.
    yield "bert", "SEQ_CLS", "prefix", ["pooler"]
    yield "bert", "SEQ_CLS", "prompt", ["pooler"]
    yield "deberta-v2", "SEQ_CLS", "prompt", ["pooler"]


def folder_of(root, name, task, method, modules):
    return root / "cases" / "-".join([name, task, method, *(modules or [])]).lower()


def make(root):
    for name, family in FAMILIES.items():
        write_model(root / "models" / name, family)
    listed = []
    for name, task, method, modules in cases():
        base = root / "models" / name
        folder = folder_of(root, name, task, method, modules)
        model = make_adapter(base, folder / "peft", method, task, modules=modules)
        compared = (model, base, task, FAMILIES[name].types)
        listed.append(
            {
                "name": folder.name,
                "family": name,
                "task": task,
                "method": method,
                "modulesToSave": modules or [],
                "taskIndex": TASK if method == "multitask" else None,
                "rows": ROWS[task],
                "logits": logits_of(*compared),
                "leftPadded": logits_of(*compared, left=True) if FAMILIES[name].pair else None,
            }
        )
    refused = refusals(root / "models")
    versions = {"peft": peft.__version__, "torch": torch.__version__, "transformers": transformers.__version__}
    (root / "cases.json").write_text(json.dumps({"versions": versions, "cases": listed, "refusals": refused}))


def read(root):
    """For each adapter that PTL wrote: PEFT's logits, or why it could not be read."""
    results = {}
    for name, task, method, modules in cases():
        folder = folder_of(root, name, task, method, modules)
        base = root / "models" / name
        for written in ("ptl", "again"):
            if not (folder / written / "adapter_config.json").exists():
                continue
            key = f"{folder.name}/{written}"
            try:
                model = load_adapter(base, folder / written, task)
                compared = (model, base, task, FAMILIES[name].types)
                results[key] = logits_of(*compared)
                if FAMILIES[name].pair:
                    results[f"{key}/left"] = logits_of(*compared, left=True)
            except Exception as error:  # noqa: BLE001: whatever PEFT says belongs in the report.
                results[key] = f"{type(error).__name__}: {error}"
    (root / "read.json").write_text(json.dumps(results))


FIXTURES = [
    ("bert", "SEQ_CLS", "prefix", None),
    ("bert", "SEQ_CLS", "prefix-mlp", ["pooler"]),
    ("bert", "SEQ_CLS", "prompt", None),
    ("bert", "SEQ_CLS", "multitask", None),
    ("bert", "TOKEN_CLS", "p-lstm", None),
    ("bert", "QUESTION_ANS", "prompt", None),
    ("roberta", "QUESTION_ANS", "prefix", None),
    ("bert", "TOKEN_CLS", "prefix", None),
    ("roberta", "SEQ_CLS", "prompt", None),
    ("roberta", "SEQ_CLS", "prefix", None),
    ("roberta", "TOKEN_CLS", "prefix", None),
    ("distilbert", "SEQ_CLS", "p-mlp", None),
    ("distilbert", "TOKEN_CLS", "prompt", None),
]
FIXTURE_ROWS = {
    "SEQ_CLS": [
        {"text": "The train leaves at nine."},
        {"text": "Great sound!", "textPair": "I don't think they'll come; it's raining again."},
        {"text": "Water"},
    ],
    "TOKEN_CLS": [
        {"tokens": ["Find", "a", "connection", "to", "Marienplatz", "at", "18:30", "."]},
        {"tokens": ["Water"]},
    ],
    "QUESTION_ANS": [
        {"question": "When does it leave?", "context": "The train leaves at nine."},
        {"question": "What?", "context": "Water"},
    ],
}


def fixtures():
    shared = Path(__file__).parents[3] / "packages" / "core" / "fixtures"
    sys.path.append(str(shared))
    from hashed import write_checkpoint

    root = shared / "peft"
    shutil.rmtree(root, ignore_errors=True)
    models = Path(tempfile.mkdtemp())
    for name in sorted({name for name, *_ in FIXTURES}):
        write_checkpoint(shared / "backbones" / name, models / name)
    listed = {}
    for name, task, method, modules in FIXTURES:
        base = models / name
        folder = root / "-".join([name, task, method, *(modules or [])]).lower()
        model = make_adapter(base, folder, method, task, length=3, modules=modules)
        rows = FIXTURE_ROWS[task]
        logits = logits_of(model, base, task, FAMILIES[name].types, rows)
        rounded = [[round(value, 6) for value in row] for row in logits]
        case = {"family": name, "task": task, "method": method, "rows": rows, "logits": rounded}
        listed[folder.name] = {**case, **({"taskIndex": TASK} if method == "multitask" else {})}
    shutil.rmtree(models)
    (root / "cases.json").write_text(json.dumps(listed) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    command, *folders = sys.argv[1:]
    {"make": make, "read": read, "fixtures": fixtures}[command](*map(Path, folders))
