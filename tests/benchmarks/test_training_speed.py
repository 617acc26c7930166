"""The speed of training: all ways read the same tokens, and PEFT's two ways compute the same loss."""

import pytest
import torch
from torch import nn
from training_speed import compared, some_conversations
from training_ways import IGNORED, Job, _batches, _last, _padded, _whole, size_of

from divisi.specialists.behaviour import Question
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

QUESTIONS = [
    Question(tuple(range(2, 2 + size)), (40, 41), tuple(range(50, 50 + answer)), None)
    for size, answer in ((5, 3), (9, 1), (7, 4))
]


class Reads(nn.Module):
    """Predicts from each token and its position alone, so that padding cannot matter; keeps as many logits as asked."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.words, self.places = nn.Embedding(100, 100), nn.Embedding(50, 100)

    def forward(self, input_ids, attention_mask, labels=None, position_ids=None, logits_to_keep=0):
        places = torch.arange(input_ids.shape[1]).expand_as(input_ids) if position_ids is None else position_ids
        logits = (self.words(input_ids) + self.places(places))[:, -logits_to_keep if logits_to_keep else 0 :]
        answer = type("Answer", (), {"logits": logits})()
        if labels is not None:
            shifted = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
            answer.loss = nn.functional.cross_entropy(*shifted, ignore_index=IGNORED)
        return answer


def test_the_usual_way_and_the_lean_one_have_the_same_loss():
    model = Reads()
    whole, last = (float(loss(model, QUESTIONS, "cpu").detach()) for loss in (_whole, _last))
    assert last == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("left", [False, True])
def test_padding_is_neither_seen_nor_learned(left):
    ids, seen, labels = _padded(QUESTIONS, "cpu", left=left)
    assert seen.sum(1).tolist() == list(map(size_of, QUESTIONS))
    assert (labels != IGNORED).sum(1).tolist() == [3, 1, 4]
    assert bool((ids[seen == 0] == 0).all())
    assert bool((labels[seen == 0] == IGNORED).all())


def test_every_example_is_in_one_batch_and_none_is_too_large(tmp_path):
    job = Job(tmp_path, (), 4, 24, 100, "cpu", 0)
    batches = list(_batches(QUESTIONS, job))
    assert sorted(map(size_of, (one for batch in batches for one in batch))) == sorted(map(size_of, QUESTIONS))
    assert all(max(map(size_of, batch)) * len(batch) <= 24 for batch in batches)


def test_conversations_come_with_all_their_examples():
    cases = [Case(({"role": "user", "content": text},)) for text in ("one", "two")]
    examples = [Example(f"{n}", name, "mine", cases[n % 2], "x", "g") for n, name in enumerate(("reply", "names") * 2)]
    (first, second) = some_conversations(examples, 1, 0)
    assert first.case == second.case


def test_how_much_faster_ours_is_is_told_of_the_others():
    times = {"loss": 1.0, "peak_memory_mib": 10.0}
    found = {
        "mixed": {"seconds": [1.0, 1.0], "cpu_seconds": [1.0, 1.0], **times},
        "peft": {"seconds": [3.0, 3.0], "cpu_seconds": [2.0, 2.0], **times},
    }
    told = compared(found, 600, 0)
    assert (told["peft"]["speedup"]["value"], told["peft"]["cpu_speedup"]["value"]) == (3.0, 2.0)
    assert told["mixed"]["tokens_per_s"] == 600
    assert "speedup" not in told["mixed"]
