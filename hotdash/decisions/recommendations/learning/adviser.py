"""What the model says of a proposal: how likely it is approved, and the draw for the place that is there to learn."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from math import sqrt
from statistics import NormalDist

from hotdash.decisions.recommendations.learning.context import Context, columns_of
from hotdash.decisions.recommendations.learning.posterior import Belief, sigmoid
from hotdash.decisions.recommendations.learning.replay import Learned
from hotdash.decisions.recommendations.ranking import Estimate

_NORMAL = NormalDist()
# So many that a float still tells the largest from one.
_BYTES = 6
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class LearnedAdviser:
    """The same draw all through a shop's day, whatever else is proposed."""

    learned: Learned
    shop_id: str
    day: date

    @property
    def has_learnt(self) -> bool:
        return self.learned.is_ready

    def estimate(self, subject: str, context: Context) -> Estimate:
        belief = self.learned.liked.belief(columns_of(context))
        return Estimate(_said(belief.probability), _said(self._sample(belief, subject, context)))

    def _sample(self, belief: Belief, subject: str, context: Context) -> float:
        return sigmoid(belief.mean + sqrt(belief.variance) * self._draw(subject, context))

    def _draw(self, subject: str, context: Context) -> float:
        named = "\x1f".join((self.shop_id, self.day.isoformat(), context.get("kind", ""), subject))
        number = int.from_bytes(sha256(named.encode()).digest()[:_BYTES])
        return _NORMAL.inv_cdf((number + 0.5) / 256**_BYTES)


def _said(probability: float) -> Decimal:
    return Decimal(repr(probability)).quantize(_PLACES)
