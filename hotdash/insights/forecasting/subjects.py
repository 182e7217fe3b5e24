"""What is foretold of a shop, by the names it is kept under."""

REVENUE = "revenue"
SERIES = {
    REVENUE: "Revenue",
    "orders": "Orders",
    "sessions": "Sessions",
    "conversations": "Conversations",
}
GROWTH, DEMAND = "growth", "demand"
