"""A trained base as a folder that transformers loads: bfloat16 safetensors, config, tokenizer with its template.

python -m divisi.specialists.embedded.export --work .work/base --size cpu
"""

import argparse
from pathlib import Path

import torch
from transformers import AutoTokenizer

from divisi.specialists.embedded.recipe import SIZES
from divisi.specialists.embedded.run import new_model
from divisi.specialists.embedded.vocabulary import TEMPLATE
from divisi.specialists.errors import TrainingError
from divisi.specialists.placing import written_whole

FOLDER = Path(__file__).with_name("base")
SHARD = "15MB"


def export(work: Path, size: str, folder: Path) -> None:
    """Write the base of a checkpoint; the folder is replaced as a whole.

    Raises:
        TrainingError: the working folder has no checkpoint.
    """
    if not (work / "checkpoint.pt").exists():
        raise TrainingError(f"{work} has no checkpoint.pt: run divisi.specialists.embedded.pretrain first")
    state = torch.load(work / "checkpoint.pt", map_location="cpu", weights_only=True)
    model = new_model(SIZES[size])
    model.load_state_dict(state["model"])
    tokenizer = AutoTokenizer.from_pretrained(work / "tokenizer")
    tokenizer.chat_template = TEMPLATE.read_text(encoding="utf-8")
    with written_whole(folder) as fresh:
        model.to(torch.bfloat16).save_pretrained(fresh, max_shard_size=SHARD)
        tokenizer.save_pretrained(fresh)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write a trained base as a folder that transformers loads.")
    parser.add_argument("--work", type=Path, required=True, help="the training's working folder")
    parser.add_argument("--size", choices=sorted(SIZES), default="cpu")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the base is written")
    options = parser.parse_args()
    export(options.work, options.size, options.folder)


if __name__ == "__main__":
    main()
