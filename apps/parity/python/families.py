"""The families that are compared: one line each makes a tiny random model of odd sizes.

`types` tells whether the family tells the two texts of a pair apart; `methods` are those that both
PEFT and PTL have for it.
"""

from dataclasses import dataclass, field

from transformers import (
    AlbertConfig,
    BartConfig,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    GPT2Config,
    LlamaConfig,
    Qwen2Config,
    Qwen3Config,
    RobertaConfig,
    T5Config,
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
# Heads whose size is not the hidden size over their number, and every kind of distance in short texts.
T5 = {
    "vocab_size": 96,
    "d_model": 40,
    "d_kv": 12,
    "d_ff": 64,
    "num_heads": 4,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 12,
    "decoder_start_token_id": 0,
    "eos_token_id": 1,
}
BART = {
    "d_model": 40,
    "encoder_layers": 3,
    "decoder_layers": 3,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 48,
    "scale_embedding": True,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
}


@dataclass
class Family:
    config: object
    types: bool = False
    causal: bool = False
    pair: bool = False
    # Ids of the padding, first, last and unknown token; some families begin with none.
    special: tuple = (0, 2, 3, 1)
    methods: list = field(default_factory=lambda: PROMPTS + PREFIXES)

    @property
    def tasks(self):
        if self.pair:
            return ["SEQ_2_SEQ_LM"]
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
    "t5": Family(T5Config(**T5, num_layers=3), pair=True, special=(0, None, 1, 2)),
    # The upper half of an even number of decoder layers has the prefixes of the lower.
    "t5-gated": Family(
        T5Config(**T5, num_layers=2, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        pair=True,
        special=(0, None, 1, 2),
    ),
    "bart": Family(BartConfig(**BART, **VOCABULARY), pair=True, special=(1, 0, 2, 3)),
}
