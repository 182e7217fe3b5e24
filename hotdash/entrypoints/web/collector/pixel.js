/* Hotdash's pixel: where visits come from, for people who agreed to it. No cookie, no third party.

   <script async src="https://dash.example.com/pixel.js" data-key="hd_..."></script>

   Consent is asked of window.hotdashConsent (true, false or a function), else of Shopify's customer
   privacy API. As long as nobody answers yes, nothing is stored and nothing is sent; with
   data-without-consent="count" a bare count of page views is. Do Not Track and Global Privacy
   Control are a no. It runs as soon as it is there and asks again when the page is whole, when
   something happens and when the page is left, as an answer may come without an event. */
(function () {
  "use strict";

  var MARKS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    "gclid", "fbclid", "msclkid", "ttclid"];
  var YEAR = 365 * 86400000, PAUSE = 30 * 60000, WAIT = 2000, MOST = 50;
  var VISITOR = "hotdash_visitor", SESSION = "hotdash_session";

  var script = document.currentScript;
  var given = window.hotdashPixel || {};
  function setting(name, attribute) {
    return given[name] || (script && script.getAttribute(attribute)) || "";
  }
  var key = setting("key", "data-key");
  var collector = given.collector || (script && script.src.replace(/\/pixel\.js.*$/, "/collect"));
  var counts = setting("withoutConsent", "data-without-consent") === "count";
  if (!key || !collector || window.hotdash) return;

  var queue = [], timer = null, seen = false, counted = false;

  function consent() {
    if (navigator.globalPrivacyControl === true) return false;
    if (navigator.doNotTrack === "1" || window.doNotTrack === "1") return false;
    var told = window.hotdashConsent;
    if (typeof told === "function") told = told();
    if (typeof told === "boolean") return told;
    var shopify = window.Shopify && window.Shopify.customerPrivacy;
    if (shopify && typeof shopify.analyticsProcessingAllowed === "function") {
      return shopify.analyticsProcessingAllowed() === true;
    }
    return null;
  }

  function id() {
    var bytes = new Uint8Array(16), text = "";
    window.crypto.getRandomValues(bytes);
    for (var i = 0; i < bytes.length; i++) text += (bytes[i] + 256).toString(16).slice(1);
    return text;
  }

  function recall(name) {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch (e) { return {}; }
  }
  function remember(name, what) {
    try { localStorage.setItem(name, JSON.stringify(what)); } catch (e) { /* stored nowhere */ }
  }
  function forget() {
    queue = [];
    try { localStorage.removeItem(VISITOR); localStorage.removeItem(SESSION); } catch (e) { /* */ }
  }

  function visitor() {
    var known = recall(VISITOR);
    if (!known.id || !(known.until > Date.now()) || known.until > Date.now() + YEAR) {
      known = { id: id(), until: Date.now() + YEAR };
      remember(VISITOR, known);
    }
    return known.id;
  }

  function session() {
    var known = recall(SESSION), now = Date.now();
    if (!known.id || !(now - known.seen < PAUSE)) {
      known = { id: id(), landing: location.pathname };
    }
    known.seen = now;
    remember(SESSION, known);
    return known;
  }

  function address() {
    var kept = [];
    location.search.slice(1).split("&").forEach(function (pair) {
      if (MARKS.indexOf(pair.split("=")[0]) >= 0) kept.push(pair);
    });
    return location.origin + location.pathname + (kept.length ? "?" + kept.join("&") : "");
  }

  function referrer() {
    var link = document.createElement("a");
    link.href = document.referrer;
    return document.referrer && link.hostname !== location.hostname ? link.hostname : undefined;
  }

  function customer() {
    return given.customer || (window.__st && window.__st.cid && String(window.__st.cid)) || undefined;
  }

  function post(batch) {
    batch.key = key;
    batch.sent_at = Date.now();
    var body = JSON.stringify(batch);
    if (navigator.sendBeacon && navigator.sendBeacon(collector, body)) return;
    if (window.fetch) {
      window.fetch(collector, { method: "POST", body: body, keepalive: true, credentials: "omit",
        headers: { "content-type": "text/plain" } }).catch(function () { /* a lost click */ });
    }
  }

  function flush() {
    clearTimeout(timer);
    timer = null;
    if (consent() !== true) return;
    while (queue.length) post({ events: queue.splice(0, MOST) });
  }

  function track(type, details) {
    decide();
    if (consent() !== true) return;
    var now = session(), told = details || {};
    queue.push({ id: id(), type: type, at: Date.now(), visitor: visitor(), session: now.id,
      landing: now.landing, url: address(), referrer: referrer(), customer: customer(),
      order: told.order && String(told.order), checkout: told.checkout && String(told.checkout) });
    if (queue.length >= MOST) flush();
    else if (!timer) timer = setTimeout(flush, WAIT);
  }

  function decide() {
    var told = consent();
    if (told === true && !seen) {
      seen = true;
      track("page_view");
    } else if (told === false) {
      forget();
    }
  }

  function leave() {
    decide();
    flush();
    if (counts && !seen && !counted && consent() !== true) {
      counted = true;
      post({ without_consent: 1 });
    }
  }

  window.hotdash = { track: track, flush: flush, consentChanged: decide };

  document.addEventListener("visitorConsentCollected", decide);
  document.addEventListener("hotdashConsentChanged", decide);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", leave);
  document.addEventListener("DOMContentLoaded", decide);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) seen = counted = false; /* gone back to: viewed again, though not run again */
    decide();
  });
  document.addEventListener("submit", function (event) {
    var action = (event.target && event.target.getAttribute("action")) || "";
    if (/\/cart\/add/.test(action)) track("add_to_cart");
    else if (/\/checkout/.test(action)) track("checkout_started");
  }, true);

  if (window.Shopify && window.Shopify.loadFeatures && !window.Shopify.customerPrivacy) {
    window.Shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], decide);
  }
  decide();
})();
