// AHEAD is written above this line when the console is built: patterns of addresses, and what their screens need.
if (typeof AHEAD !== "undefined") {
  for (const path of AHEAD.find(([pattern]) => new RegExp(pattern).test(location.pathname))?.[1] ?? []) {
    const kind = path.endsWith(".css") ? { rel: "preload", as: "style" } : { rel: "modulepreload" };
    document.head.append(Object.assign(document.createElement("link"), { ...kind, href: path, crossOrigin: "" }));
  }
}
// Asked while the scripts are on their way, as nothing is shown before it is known who is signed in (lib/session.tsx).
if (!location.pathname.startsWith("/__states/")) {
  window.hostwardSession = fetch("/console/session", { credentials: "same-origin", headers: { "Content-Type": "application/json" } });
  window.hostwardSession.catch((error) => console.info("the server did not answer", error));
}
// Before the first paint: the theme and the language that were chosen here.
try {
  const theme = localStorage.getItem("hostward.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("hostward.language") ?? navigator.language;
  document.documentElement.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
} catch (error) {
  console.info("this browser keeps no choices", error);
}
