"""Loads a backbone and an adapter from a folder and classifies one row, as a new process does.

`peft_start.py FOLDER` prints the index of the class. `peft_start.py FOLDER SIZES` makes the folder:
a BERT of the sizes that SIZES, a JSON object, gives, with random weights in float16, and an adapter.
"""

import json
import sys

import torch
from peft import PeftModel, PrefixTuningConfig, TaskType, get_peft_model
from transformers import AutoModelForSequenceClassification, BertConfig, BertForSequenceClassification

folder = sys.argv[1]
if len(sys.argv) > 2:
    sizes = json.loads(sys.argv[2])
    config = BertConfig(
        hidden_size=sizes["hiddenSize"],
        num_hidden_layers=sizes["numLayers"],
        num_attention_heads=sizes["numHeads"],
        intermediate_size=sizes["intermediateSize"],
        vocab_size=sizes["vocabularySize"],
        max_position_embeddings=sizes["maxPositions"],
        num_labels=2,
    )
    backbone = BertForSequenceClassification(config).half()
    backbone.save_pretrained(f"{folder}/model")
    config = PrefixTuningConfig(task_type=TaskType.SEQ_CLS, num_virtual_tokens=sizes["promptLength"])
    get_peft_model(backbone, config).save_pretrained(f"{folder}/adapter")
    sys.exit()

backbone = AutoModelForSequenceClassification.from_pretrained(f"{folder}/model", dtype=torch.float32)
model = PeftModel.from_pretrained(backbone, f"{folder}/adapter").eval()
with torch.no_grad():
    print(int(model(input_ids=torch.arange(1, 11)[None]).logits.argmax()))
