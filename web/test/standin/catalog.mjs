// The small shop that the stand-in watches: people, services and what was promised.
const link = (path) => `https://runbooks.example/${path}`;

export const catalog = {
  teams: [
    {
      // Paged by the policy payments, so it has no list.
      id: "payments",
      name: "Payments",
      members: ["ada", "grace", "alan"],
      escalation: [],
    },
    {
      id: "shop",
      name: "Shop",
      members: ["grace"],
      escalation: [{ person: "grace", after_seconds: 0 }],
    },
  ],
  people: [
    { id: "ada", name: "Ada", channels: ["webhook", "push", "mail"] },
    { id: "grace", name: "Grace", channels: ["slack", "mail"] },
    { id: "alan", name: "Alan", channels: ["mail"] },
  ],
  services: [
    service("front", "Front", "shop", 1, ["checkout", "search"]),
    service("checkout", "Checkout", "payments", 1, ["payment", "inventory"]),
    service("payment", "Payment", "payments", 1, []),
    service("inventory", "Inventory", "shop", 2, []),
    service("search", "Search", "shop", 2, ["inventory"]),
  ],
};

function service(id, name, team, tier, depends_on) {
  return {
    id,
    name,
    team,
    tier,
    runbook: link(id),
    customer_facing: tier === 1,
    depends_on,
    dashboards: [{ name: "Dashboard", url: `https://dashboards.example/${id}` }],
  };
}

// rate: events a second; bad: the normal share of bad ones; spent: share of the budget spent so far.
export const objectives = [
  objective("checkout-availability", "Checkout answers", "checkout", 0.999, 42, 0.00018, 0.31),
  objective(
    "checkout-latency",
    "Checkout answers within 300 ms",
    "checkout",
    0.99,
    42,
    0.0031,
    0.44,
  ),
  objective("payment-availability", "Payments go through", "payment", 0.9995, 11, 0.00012, 0.52),
  objective("payment-latency", "Payments within 2 s", "payment", 0.99, 11, 0.0041, 0.23),
  objective("front-availability", "The shop opens", "front", 0.999, 180, 0.00021, 0.18),
  objective("front-latency", "The shop opens within 500 ms", "front", 0.99, 180, 0.0022, 0.36),
  objective("search-latency", "Search answers within 400 ms", "search", 0.99, 65, 0.0082, 1.18),
  objective("search-availability", "Search answers", "search", 0.999, 65, 0.00015, 0.09),
  {
    ...objective(
      "inventory-sync",
      "Stock is true within a minute",
      "inventory",
      0.995,
      3,
      0.001,
      0.12,
    ),
    seen: 2 * 3_600_000, // a young one, of which it is too early to judge the budget
  },
];

function objective(name, display_name, serviceId, target, rate, bad, spent) {
  return { name, display_name, service: serviceId, target, rate, bad, spent };
}
