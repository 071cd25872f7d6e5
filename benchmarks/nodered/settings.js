// Node-RED without its editor. The flow by hand reaches PostgreSQL through this pool, the other one through its node's
// own: both are node-postgres, with as many connections. Where it is, this one reads from PGHOST, PGUSER and PGDATABASE.
const { Pool } = require('pg')

module.exports = {
    httpAdminRoot: false,
    httpNodeRoot: false,
    credentialSecret: false,
    telemetry: { enabled: false },
    externalModules: { autoInstall: false },
    functionGlobalContext: { pool: new Pool({ max: Number(process.env.BENCH_CONNECTIONS) }) },
    logging: { console: { level: 'warn', metrics: false, audit: false } }
}
