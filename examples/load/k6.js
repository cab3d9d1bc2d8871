// Shoppers for k6: each logs in, then goes the same round through the shop again and again.
//
//     k6 run --env HOST=http://127.0.0.1:8000 --vus 5 --duration 8s examples/load/k6.js
//
// The same round as locustfile.py, under the same names, so that one budgets file judges both. What
// carries an id in its path is counted under one name: without the `name` tag, every address would be
// an endpoint of its own.
import http from "k6/http";
import { check, sleep } from "k6";

const HOST = __ENV.HOST || "http://127.0.0.1:8000";
const PRODUCTS = 40;
const DOCUMENT = "product;quantity\n" + "17;3\n".repeat(400);
const JSON_BODY = { "Content-Type": "application/json" };

export const options = {
  // Somebody with an account stays logged in from one round to the next.
  noCookiesReset: true,
  thresholds: {
    // k6's own gate, besides the budgets: shown as results, and k6 ends with 99 where one is crossed.
    http_req_duration: ["p(95)<2000"],
    checks: ["rate>0.85"],
  },
};

const named = (name, more = {}) => ({ tags: { name }, ...more });
const product = () => 1 + Math.floor(Math.random() * PRODUCTS);

export default function () {
  if (__ITER === 0) {
    http.post(`${HOST}/login`, { user: "demo", password: "demo" }, named("/login"));
  }
  http.get(`${HOST}/`, named("/"));
  http.get(`${HOST}/products`, named("/products"));
  for (let look = 0; look < 5; look++) {
    http.get(`${HOST}/products/${product()}`, named("/products/[id]"));
  }
  const order = JSON.stringify({ product: product(), quantity: 1 });
  http.post(`${HOST}/orders`, order, named("/orders", { headers: JSON_BODY }));
  http.get(`${HOST}/account`, named("/account"));
  const file = http.file(DOCUMENT, "orders.csv", "text/csv");
  const accepted = http.post(`${HOST}/upload`, { file }, named("/upload"));
  if (accepted.status === 202) {
    http.get(`${HOST}/jobs/${accepted.json("job")}`, named("/jobs/[id]"));
  }
  http.get(`${HOST}/reports`, named("/reports"));
  const flaky = http.get(`${HOST}/flaky`, named("/flaky"));
  check(flaky, { "the flaky page answers": (page) => page.status === 200 });
  sleep(0.05 + 0.15 * Math.random());
}
