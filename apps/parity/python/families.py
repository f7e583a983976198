"""The families that are compared: one line each makes a tiny random model of odd sizes.

`types` tells whether the family tells the two texts of a pair apart; `methods` are those that both
PEFT and PTL have for it.
"""

from dataclasses import dataclass, field

from transformers import (
    AlbertConfig,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    GPT2Config,
    LlamaConfig,
    Qwen2Config,
    Qwen3Config,
    RobertaConfig,
)

SIZES = {"num_hidden_layers": 3, "num_attention_heads": 4, "hidden_size": 40, "intermediate_size": 64}
VOCABULARY = {"vocab_size": 96, "max_position_embeddings": 64}
PROMPTS = ["prompt", "p-mlp", "p-lstm", "multitask"]
PREFIXES = ["prefix", "prefix-mlp"]
CLASSIFICATION = ["SEQ_CLS", "TOKEN_CLS"]
DEBERTA = {
    "relative_attention": True,
    "pos_att_type": ["c2p", "p2c"],
    "position_buckets": 8,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "position_biased_input": False,
}


@dataclass
class Family:
    config: object
    types: bool = False
    causal: bool = False
    # Ids of the padding, first, last and unknown token.
    special: tuple = (0, 2, 3, 1)
    methods: list = field(default_factory=lambda: PROMPTS + PREFIXES)
    @property
    def tasks(self):
        return [*CLASSIFICATION, "CAUSAL_LM" if self.causal else "QUESTION_ANS"]


FAMILIES = {
    "bert": Family(BertConfig(**SIZES, **VOCABULARY), types=True),
    "roberta": Family(
        RobertaConfig(**SIZES, vocab_size=96, max_position_embeddings=66, type_vocab_size=1),
        special=(1, 0, 2, 3),
    ),
    "distilbert": Family(
        DistilBertConfig(dim=40, n_heads=4, n_layers=3, hidden_dim=64, **VOCABULARY),
        methods=PROMPTS,
    ),
    "electra": Family(ElectraConfig(**SIZES, **VOCABULARY, embedding_size=22), types=True),
    # PEFT has no prefix-tuning for these two either.
    "albert": Family(
        AlbertConfig(**SIZES, **VOCABULARY, embedding_size=22), types=True, methods=PROMPTS
    ),
    "deberta-v2": Family(DebertaV2Config(**SIZES, **VOCABULARY, **DEBERTA), methods=PROMPTS),
    "gpt2": Family(
        GPT2Config(n_layer=3, n_head=4, n_embd=40, n_inner=64, n_positions=64, vocab_size=96),
        causal=True,
    ),
    # Grouped heads whose size is not the hidden size over their number.
    "llama": Family(LlamaConfig(**SIZES, **VOCABULARY, num_key_value_heads=2, head_dim=12), causal=True),
    "qwen2": Family(Qwen2Config(**SIZES, **VOCABULARY, num_key_value_heads=2), causal=True),
    "qwen3": Family(Qwen3Config(**SIZES, **VOCABULARY, num_key_value_heads=2, head_dim=12), causal=True),
}
