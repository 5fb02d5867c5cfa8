// node deploy/healthcheck.mjs [ADDRESS [CHECK]]: exit code 0 when the API at ADDRESS (this container's own by default)
// answers; with CHECK, when its /readyz says that this check holds (database, temporal, worker).
const ownTls = Boolean(process.env.TLS_CERT || process.env.TLS_CERT_FILE);
// The certificate is for the name that people open, and this asks the container itself.
if (ownTls) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const own = `${ownTls ? 'https' : 'http'}://127.0.0.1:${process.env.PORT ?? 3000}`;
const [address = own, check] = process.argv.slice(2);

async function isWell() {
  const response = await fetch(`${address}/${check ? 'readyz' : 'healthz'}`, { signal: AbortSignal.timeout(4_000) });
  if (!check) return response.ok;
  const { checks } = await response.json();
  return checks[check] === true;
}

try {
  process.exitCode = (await isWell()) ? 0 : 1;
} catch (error) {
  console.error(`healthcheck: ${error.message}`);
  process.exitCode = 1;
}
