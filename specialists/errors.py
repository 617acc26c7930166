"""The errors of this folder.

SpecialistError              anything this folder refuses
├── BaseModelError           a base that cannot be loaded, or lacks what we need of it
│   └── AttentionError       a base whose attention cannot be computed over shared prefixes
├── PromptError              messages that the base's chat template cannot render
│   ├── ContextError         more tokens than the base can read
│   └── InvocationError      an invocation that does not follow its prefix
├── BankError                slots that do not fit the base, or a name that is taken or unknown
│   └── FieldError           a coefficient field that does not fit the bank or the forward pass
├── GrammarError             a schema that the grammar cannot enforce
├── EngineError              a row that the engine cannot run
├── TrainingError            training that cannot start or go on
└── StoreError               a folder that is not a specialist of this base
    ├── FormatError          a format, kind or option that we do not read (pickles among them)
    ├── DamagedError         a file that is missing, cut or changed
    ├── TensorError          tensors that are missing, unexpected or of another shape
    └── MismatchError        made for another base, trunk or invocation
"""


class SpecialistError(ValueError):
    """Anything this folder refuses."""


class BaseModelError(SpecialistError):
    """A base that cannot be loaded, or lacks what we need of it."""


class AttentionError(BaseModelError):
    """A base whose attention cannot be computed over shared prefixes."""


class PromptError(SpecialistError):
    """Messages that the base's chat template cannot render."""


class ContextError(PromptError):
    """More tokens than the base can read."""


class InvocationError(PromptError):
    """An invocation that does not follow its prefix."""


class BankError(SpecialistError):
    """Slots that do not fit the base, or a name that is taken or unknown."""


class FieldError(BankError):
    """A coefficient field that does not fit the bank or the forward pass."""


class GrammarError(SpecialistError):
    """A schema that the grammar cannot enforce."""


class EngineError(SpecialistError):
    """A row that the engine cannot run."""


class TrainingError(SpecialistError):
    """Training that cannot start or go on."""


class StoreError(SpecialistError):
    """A folder that is not a specialist of this base."""


class FormatError(StoreError):
    """A format, kind or option that we do not read."""


class DamagedError(StoreError):
    """A file that is missing, cut or changed."""


class TensorError(StoreError):
    """Tensors that are missing, unexpected or of another shape."""


class MismatchError(StoreError):
    """Made for another base, trunk or invocation."""
