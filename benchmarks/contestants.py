"""The ways to answer several stages after one prefix, on the same weights: ours, and PEFT's.

shared_batch         the prefix is read once by the base, then all stages are rows of one batch
shared_sequential    the prefix is read once by the base, then stage after stage
peft_reread          for each stage: set_adapter, then generate over prefix and invocation
peft_mixed           one batch of whole prompts, each row with its adapter (adapter_names)

PEFT gets the very adapters that we play, as aLoRA files (specialists/store.py). Each stage writes a fixed number of
tokens, greedily: no token ends a stage.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from errors import BenchmarkError
from transformers import AutoModelForCausalLM

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.prefix import Prefix
from divisi.specialists.row import RowRequest
from divisi.specialists.slots import Slots
from divisi.specialists.store import save_specialist

B_DEVIATION = 0.02
"""Of random B: enough that every stage writes something else than the base."""

Written = list[list[int]]
"""The tokens of each stage."""

Contestant = Callable[[int], Written]
"""New tokens a stage -> what the stages wrote."""


@dataclass(frozen=True, slots=True)
class Work:
    """One request.

    Attributes:
        prefix: its tokens.
        invocations: one for each stage; all begin with the tokens at which adapters wake, and are equally long.
    """

    prefix: tuple[int, ...]
    invocations: tuple[tuple[int, ...], ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """The adapters' names."""
        return tuple(f"stage{number}" for number in range(1, len(self.invocations) + 1))


def make_work(base: Base, *, prefix_tokens: int, invocation_tokens: int, stages: int, seed: int) -> Work:
    """A request of random tokens, none of them a control token."""
    generator = torch.Generator().manual_seed(seed)
    controls = set(base.tokenizer.all_special_ids) | set(base.end_ids)
    ordinary = [token for token in range(len(base.tokenizer)) if token not in controls]
    start = base.invocation_start()

    def draw(count: int) -> tuple[int, ...]:
        places = torch.randint(len(ordinary), (count,), generator=generator)
        return tuple(ordinary[place] for place in places.tolist())

    invocations = tuple((*start, *draw(invocation_tokens - len(start))) for _ in range(stages))
    return Work(draw(prefix_tokens), invocations)


def make_adapters(base: Base, names: Sequence[str], folder: Path, *, rank: int, seed: int) -> dict[str, Slots]:
    """Random LoRA slots on all linear layers, also stored in PEFT's format, a folder each."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for name in names:
        slots = lora_slots(base.model, name, LoraOptions(rank, 2.0 * rank), generator=generator)
        with torch.no_grad():
            for site in slots.sites.values():
                drawn = torch.randn(site.B.shape, generator=generator) * B_DEVIATION
                site.B.copy_(drawn)
        found[name] = slots.frozen()
        save_specialist(folder / name, found[name], base=base, subtask=None, data_hash=None, metrics={})
    return found


def ours(base: Base, work: Work, adapters: Mapping[str, Slots]) -> tuple[Callable[[], Prefix], dict[str, Contestant]]:
    """What reads the prefix, and our two ways."""
    bank = Bank(base.model)
    for slots in adapters.values():
        bank.add(slots.frozen(dtype=base.dtype))
    # The padding token stands for the end: no model writes it, and an engine needs some token that ends a row.
    endless = replace(base, end_ids=frozenset({base.tokenizer.pad_token_id}))
    engine = Engine(endless, bank, max_rows=len(adapters), prefix_cache_bytes=0)

    def rows(new_tokens: int) -> list[RowRequest]:
        prefix = engine.read(work.prefix)
        pairs = zip(work.stages, work.invocations, strict=True)
        return [RowRequest(prefix, name, invocation, None, new_tokens) for name, invocation in pairs]

    def shared_batch(new_tokens: int) -> Written:
        return [list(result.ids) for result in engine.run(rows(new_tokens))]

    def shared_sequential(new_tokens: int) -> Written:
        return [list(engine.run([row])[0].ids) for row in rows(new_tokens)]

    return lambda: engine.read(work.prefix), {"shared_batch": shared_batch, "shared_sequential": shared_sequential}


def theirs(source: Path, folder: Path, work: Work, *, device: str, dtype: torch.dtype) -> dict[str, Contestant]:
    """PEFT's two ways.

    Raises:
        BenchmarkError: PEFT is not installed.
    """
    model = _peft_model(source, folder, work, device, dtype)
    prompts = torch.tensor([[*work.prefix, *invocation] for invocation in work.invocations], device=device)
    seen = torch.ones_like(prompts)

    @torch.inference_mode()
    def generate(rows: slice, new_tokens: int, **options: Any) -> Written:
        asked = prompts[rows]
        written = model.generate(
            input_ids=asked,
            attention_mask=seen[rows],
            max_new_tokens=new_tokens,
            do_sample=False,
            pad_token_id=0,
            **options,
        )
        continued: Written = written[:, asked.shape[1] :].tolist()
        return continued

    def peft_reread(new_tokens: int) -> Written:
        found = []
        for number, name in enumerate(work.stages):
            model.set_adapter(name)
            found += generate(slice(number, number + 1), new_tokens)
        return found

    def peft_mixed(new_tokens: int) -> Written:
        return generate(slice(None), new_tokens, adapter_names=list(work.stages))

    return {"peft_reread": peft_reread, "peft_mixed": peft_mixed}


def _peft_model(source: Path, folder: Path, work: Work, device: str, dtype: torch.dtype) -> Any:
    try:
        from peft import PeftModel
    except ModuleNotFoundError as error:
        raise BenchmarkError("peft is not installed: pip install 'peft>=0.21'") from error
    first, *others = work.stages
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT 0.21 asks transformers 5 by an old name
        bare = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, local_files_only=True).to(device)
        bare.generation_config.eos_token_id = None
        model = PeftModel.from_pretrained(bare, folder / first, adapter_name=first)
        for name in others:
            model.load_adapter(folder / name, adapter_name=name)
    return model.eval()
