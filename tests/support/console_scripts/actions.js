// Every action of both services with its version.
async () => {
  const all = await Promise.all(["cwp/2018-02-28", "hostward/2026-12-01"].map(async (one) => (await fetch(`/schema/${one}.json`)).json()));
  return all.flatMap((one) => one.actions.map((action) => [one.service ?? "", action.name, one.version]));
}
