"""What PEFT itself cannot compute with encoder-decoders, and what it says then."""

import torch
from peft import MultitaskPromptTuningConfig, PrefixTuningConfig, get_peft_model

from adapters import ROWS, TASK, encode, load_base

COMMON = {"task_type": "SEQ_2_SEQ_LM", "num_virtual_tokens": 5}
MULTITASK = {"num_tasks": TASK + 1, "num_ranks": 2}


def attempt(base_folder, config, **extra):
    """The error that a forward pass ends in, or None."""
    batch = {**encode(base_folder, ROWS["SEQ_2_SEQ_LM"], types=False), **extra}
    try:
        model = get_peft_model(load_base(base_folder, "SEQ_2_SEQ_LM"), config).eval()
        with torch.no_grad():
            model(**{name: value for name, value in batch.items() if value is not None})
    except Exception as error:  # noqa: BLE001: whatever PEFT says belongs in the report.
        return f"{type(error).__name__}: {error}".split("\n")[0]


def refusals(models):
    """Pairs of what was tried and what PEFT said; what works is left out."""
    t5, bart = models / "t5", models / "bart"
    one = {**COMMON, "num_transformer_submodules": 1}
    width = {"token_dim": 48, "num_attention_heads": 4}
    tasks = {"task_ids": torch.full((len(ROWS["SEQ_2_SEQ_LM"]),), TASK)}
    ids = {"labels": None, "decoder_input_ids": torch.tensor([[2, 5]] * len(tasks["task_ids"]))}
    tried = {
        "t5, prefix, without token_dim": attempt(t5, PrefixTuningConfig(**COMMON)),
        "t5, prefix, one submodule": attempt(t5, PrefixTuningConfig(**one, **width)),
        "bart, prefix, one submodule": attempt(bart, PrefixTuningConfig(**one)),
        "bart, multitask, decoder ids for labels": attempt(
            bart, MultitaskPromptTuningConfig(**COMMON, **MULTITASK), **tasks, **ids
        ),
    }
    return [{"name": name, "error": error} for name, error in tried.items() if error]
