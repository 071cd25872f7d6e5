// Node-RED without its editor. A flow reaches PostgreSQL by node-postgres, which Node-RED's PostgreSQL nodes use too,
// with as many connections as theirs have; where it is, node-postgres reads from PGHOST, PGUSER and PGDATABASE.
const { Pool } = require('pg')

module.exports = {
    httpAdminRoot: false,
    httpNodeRoot: false,
    credentialSecret: false,
    telemetry: { enabled: false },
    externalModules: { autoInstall: false },
    functionGlobalContext: { pool: new Pool({ max: 10 }) },
    logging: { console: { level: 'warn', metrics: false, audit: false } }
}
