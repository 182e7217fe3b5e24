"""The signed-in person as the top bar of every page shows them."""

from dataclasses import dataclass
from typing import Any

from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.visits import Visit


@dataclass(frozen=True, slots=True)
class ShopMembership:
    shop_id: str
    shop_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Viewer:
    name: str
    email: str
    initials: str
    has_password: bool
    memberships: tuple[ShopMembership, ...]

    @classmethod
    def of(cls, visit: Visit) -> "Viewer":
        return cls(
            visit.name,
            visit.email,
            initials_of(visit.name or visit.email),
            visit.has_password,
            tuple(
                ShopMembership(shop.shop_id, shop.name, shop.role) for shop in visit.shops.values()
            ),
        )

    @property
    def roles(self) -> dict[str, Role]:
        return {each.shop_id: each.role for each in self.memberships}


def initials_of(name: str) -> str:
    words = name.replace("@", " ").split()
    letters = [word[0] for word in (words[0], words[-1])] if len(words) > 1 else [name[0]]
    return "".join(letters).upper()


def top_bar(visit: Visit, page: str = "") -> dict[str, Any]:
    """What signed_in.html needs; every page behind the sign-in starts from it.

    The page is its name in navigation.py, where there is one.
    """
    return {"viewer": Viewer.of(visit), "page": page, "shops": list(visit.shops.values())}
