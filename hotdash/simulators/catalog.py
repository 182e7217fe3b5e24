"""What the shops sell: made from size tables, so that SKUs, titles and prices look like the trade's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from hotdash.simulators.orders import Product, Shop, Variant

_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class _Family:
    """Products of one kind: one per model, one variant per size and finish."""

    product_type: str
    vendor: str
    title: str
    code: str
    price: int
    models: tuple[str, ...]
    sizes: tuple[str, ...]
    finishes: tuple[str, ...] = ("",)
    size_step: float = 0.22
    most_units: int = 1
    popularity: int = 1


_AN = ("-4 AN", "-6 AN", "-8 AN", "-10 AN", "-12 AN", "-16 AN")
_METRIC = ("M6", "M8", "M10", "M12")

_FAMILIES: dict[str, tuple[_Family, ...]] = {
    "us": (
        _Family(
            "AN fittings",
            "Hot Rod AN",
            "{} Swivel Hose End",
            "FIT",
            1090,
            ("Straight", "45 Degree", "90 Degree", "120 Degree", "180 Degree"),
            _AN,
            ("Black", "Red/Blue"),
            most_units=6,
            popularity=6,
        ),
        _Family(
            "Adapters",
            "Hot Rod AN",
            "{} Adapter",
            "ADP",
            790,
            ("NPT to AN", "ORB to AN", "EFI Quick Connect", "AN Union", "AN Reducer"),
            _AN,
            ("Black",),
            most_units=4,
            popularity=5,
        ),
        _Family(
            "Hoses",
            "Hot Rod AN",
            "{} Hose",
            "HOS",
            4490,
            ("Nylon Braided", "Stainless Braided", "PTFE E85"),
            _AN,
            ("10 ft", "20 ft"),
            most_units=2,
            popularity=4,
        ),
        _Family(
            "Fuel",
            "Aeromotive",
            "{} Fuel Pump",
            "PMP",
            16900,
            ("Inline", "In-Tank", "Brushless"),
            ("255 lph", "340 lph", "450 lph"),
            popularity=1,
        ),
        _Family(
            "Fuel",
            "Hot Rod AN",
            "{}",
            "FUE",
            5900,
            ("Fuel Pressure Regulator", "Inline Fuel Filter", "Fuel Rail Kit"),
            ("-6 AN", "-8 AN", "-10 AN"),
            ("Black", "Polished"),
            popularity=2,
        ),
        _Family(
            "Fuel cells",
            "Hot Rod AN",
            "{} Fuel Cell",
            "CEL",
            32900,
            ("Aluminum", "Poly"),
            ("8 gal", "15 gal", "20 gal"),
        ),
        _Family(
            "Cooling",
            "Mishimoto",
            "{}",
            "COO",
            18900,
            ("Oil Cooler Kit", "Transmission Cooler", "Aluminum Radiator"),
            ("Small", "Medium", "Large"),
            popularity=1,
        ),
        _Family(
            "Tools",
            "Hot Rod AN",
            "{}",
            "TOL",
            2490,
            ("AN Wrench Set", "Hose Assembly Vise Jaws", "Hose Shears"),
            ("Standard",),
            popularity=2,
        ),
    ),
    "jp": (
        _Family(
            "工具",
            "Kanto Garage",
            "{} レンチセット",
            "WRN",
            6800,
            ("コンビネーション", "ラチェット", "トルク"),
            _METRIC,
            popularity=2,
        ),
        _Family(
            "ボルト",
            "Kanto Garage",
            "{} ボルト",
            "BLT",
            480,
            ("チタン", "ステンレス", "クロモリ"),
            _METRIC,
            ("シルバー", "バーントブルー"),
            most_units=8,
            popularity=6,
        ),
        _Family(
            "オイル",
            "Motul",
            "{} エンジンオイル",
            "OIL",
            3900,
            ("300V", "7100", "5100"),
            ("1 L", "4 L"),
            most_units=3,
            popularity=5,
        ),
        _Family(
            "冷却",
            "Kanto Garage",
            "{}",
            "COL",
            24800,
            ("オイルクーラーキット", "ラジエーター"),
            ("標準", "大型"),
            popularity=1,
        ),
    ),
    "de": (
        _Family(
            "Fahrwerk",
            "Bilstein",
            "{} Stoßdämpfer",
            "FWK",
            13900,
            ("Vorderachse", "Hinterachse"),
            ("B4", "B6", "B8"),
            most_units=2,
            popularity=2,
        ),
        _Family(
            "Bremse",
            "ATE",
            "{}",
            "BRM",
            5490,
            ("Bremsscheibe", "Bremsbelagsatz", "Stahlflex-Leitung"),
            ("256 mm", "280 mm", "312 mm"),
            most_units=2,
            popularity=4,
        ),
        _Family(
            "Schläuche",
            "Nordkurve",
            "{} Schlauch",
            "SLH",
            1990,
            ("Kraftstoff", "Kühlwasser", "Unterdruck"),
            ("6 mm", "8 mm", "10 mm", "12 mm"),
            ("1 m", "5 m"),
            most_units=4,
            popularity=5,
        ),
        _Family(
            "Schrauben",
            "Nordkurve",
            "{} Schraubensatz",
            "SCH",
            890,
            ("Zylinderkopf", "Ventildeckel", "Ölwanne"),
            _METRIC,
            most_units=4,
            popularity=5,
        ),
    ),
}


class Catalog:
    """All products with their variants, and the pool that an order's lines are drawn from."""

    def __init__(self, shop: Shop, seed: int, opened: int) -> None:
        ranked = list(_products(shop, Random(f"{seed}/{shop.shop_id}/catalog"), opened))
        self.products = [product for product, _ in ranked]
        self.pool = [
            variant
            for product, popularity in ranked
            for variant in product.variants
            for _ in range(popularity)
        ]

    def as_of(self, instant: int) -> list[Product]:
        """A product that is changed only after this instant shows as it was made."""
        return [
            product if product.updated_at <= instant else _unchanged(product)
            for product in self.products
            if product.created_at <= instant
        ]


def _unchanged(product: Product) -> Product:
    variants = tuple(replace(v, updated_at=v.created_at) for v in product.variants)
    return replace(product, updated_at=product.created_at, variants=variants)


def _products(shop: Shop, chance: Random, opened: int) -> Iterator[tuple[Product, int]]:
    number = 0
    for family in _FAMILIES[shop.locale]:
        for model in family.models:
            number += 1
            yield _product(shop, family, model, number, chance, opened), family.popularity


def _product(
    shop: Shop, family: _Family, model: str, number: int, chance: Random, opened: int
) -> Product:
    product_id = shop.vendor_id * 100_000 + number
    created_at = opened - chance.randrange(30 * 86_400, _YEAR)
    title = family.title.format(model)
    updated_at = created_at + chance.randrange(3600, 3 * _YEAR)
    variants = tuple(
        replace(variant, created_at=created_at, updated_at=updated_at)
        for variant in _variants(shop, family, model, product_id, title)
    )
    return Product(
        shop=shop,
        product_id=product_id,
        title=title,
        handle=f"{family.code.lower()}-{number}",
        product_type=family.product_type,
        vendor=family.vendor,
        status="ARCHIVED" if number % 17 == 0 else "ACTIVE",
        created_at=created_at,
        updated_at=updated_at,
        variants=variants,
    )


def _variants(
    shop: Shop, family: _Family, model: str, product_id: int, title: str
) -> Iterator[Variant]:
    letters = "".join(word[0] for word in model.split()) if model.isascii() else "X"
    options = [(size, finish) for size in family.sizes for finish in family.finishes]
    for place, (size, finish) in enumerate(options):
        step = family.sizes.index(size)
        surcharge = 1 + 0.06 * family.models.index(model)
        price = round(family.price * (1 + family.size_step * step) * surcharge / 10) * 10
        yield Variant(
            variant_id=product_id * 100 + place,
            product_id=product_id,
            product_title=title,
            sku=f"{shop.order_prefix}-{family.code}-{letters}{product_id % 1000:03d}-{place:02d}",
            title=" / ".join(part for part in (size, finish) if part),
            price=price - 1 if shop.currency != "JPY" else price,
            created_at=0,
            updated_at=0,
            most_units=family.most_units,
        )
