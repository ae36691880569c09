// The arrows of the house: they run downwards only. `npm run layers` prints the comment of a rule with every arrow it refuses.
// Specs may reach across: they are the ones who put rooms together.
const spec = '\\.(spec|fuzz)\\.tsx?$';
const framework = '(^|/)node_modules/(@nestjs|typeorm|@fastify|fastify|rxjs|sqlite3|nestjs-pino)(/|$)';

/** A room that may import itself, `below`, and nothing else of the project. */
function room(name, below, why) {
  const allowed = [name, ...below].join('|');
  return {
    name: `${name.replaceAll('/', '-')}-imports-only-what-lies-below`,
    comment: why,
    severity: 'error',
    from: { path: `^server/src/${name}/`, pathNot: spec },
    to: { path: '^server/src/', pathNot: `^server/src/(${allowed})/` },
  };
}

/** Rooms of plain TypeScript: no Nest, no database, no HTTP. */
function plain(name, why) {
  return {
    name: `${name.replaceAll('/', '-')}-is-plain-typescript`,
    comment: why,
    severity: 'error',
    from: { path: `^server/src/${name}/`, pathNot: `${spec}|\\.module\\.ts$` },
    to: { path: framework },
  };
}

/** The files of billing that are pure: what a worker, the directory and routing may import. */
const pureBilling = '^server/src/billing/(price|pricing|rate|rate-table|rates|quote|rounding|types)[^/]*\\.ts$';

module.exports = {
  forbidden: [
    room('money', [], 'Money is the ground floor: it imports nothing of the project.'),
    room('sip', [], 'The SIP stack knows nothing of the project: it could be a package of its own.'),
    room('media', ['sip'], 'Media knows SDP at most: it runs in worker threads, apart from everything.'),
    plain('money', 'Money is plain TypeScript.'),
    plain('sip', 'The SIP stack knows no Nest, no database and no HTTP.'),
    plain('media', 'Media runs in worker threads: no Nest, no database.'),
    plain('routing', 'Routing is pure: (request, directory) -> call plan. No I/O, no framework.'),
    plain('directory', 'The directory is the in-memory picture the SIP path reads: no I/O, no framework.'),
    {
      name: 'directory-imports-only-what-lies-below',
      comment: 'The directory holds data: it may know money, SIP types and the pure rate table, nothing that does I/O.',
      severity: 'error',
      from: { path: '^server/src/directory/', pathNot: spec },
      to: { path: '^server/src/', pathNot: ['^server/src/(directory|money|sip)/', pureBilling] },
    },
    {
      name: 'routing-imports-directory-and-prices-only',
      comment: 'Routing is a pure function of the directory and the price functions; whatever else it needs is passed in.',
      severity: 'error',
      from: { path: '^server/src/routing/', pathNot: spec },
      to: { path: '^server/src/', pathNot: ['^server/src/(routing|directory|money|sip/message)/', pureBilling] },
    },
    {
      name: 'routing-has-no-clock-and-no-io',
      comment: 'Routing has no I/O: not even a module of Node that does some.',
      severity: 'error',
      from: { path: '^server/src/routing/', pathNot: spec },
      to: { path: '^(node:)?(fs|net|dgram|http|https|child_process|worker_threads|timers|dns)(/|$)' },
    },
    {
      name: 'the-sip-path-awaits-no-feature',
      comment: 'Registrar, calls and billing read memory and write through queues; pages and their HTTP lie above them.',
      severity: 'error',
      from: { path: '^server/src/(registrar|calls|billing)/', pathNot: spec },
      to: { path: '^server/src/(auth|signup|setup|audit|mail|jobs|backup|search|subscribers|numbers|domains|rates|cli|dashboard)/' },
    },
    {
      name: 'registrar-knows-no-calls',
      comment: 'calls imports the registrar, never the other way round.',
      severity: 'error',
      from: { path: '^server/src/(registrar|billing)/', pathNot: spec },
      to: { path: '^server/src/(calls|routing/plan)' },
    },
    {
      name: 'entities-stay-at-home',
      comment: 'Features reach each other through services, never through entities or repositories of another folder.',
      severity: 'error',
      from: { path: '^server/src/([^/]+)/', pathNot: [spec, '^server/src/database/'] },
      to: { path: '\\.(entity|repository)\\.ts$', pathNot: '^server/src/$1/' },
    },
    {
      name: 'doubles-are-for-tests',
      comment: 'What is made for tests (testing/, *.spec.ts) is not part of the product.',
      severity: 'error',
      from: { path: '^(server|web)/src/', pathNot: [spec, '(^|/)testing(/|\\.ts$)', '(^|/)test-[^/]+\\.tsx?$'] },
      to: { path: ['(^|/)testing(/|\\.tsx?$)', spec] },
    },
    {
      name: 'workers-are-plain-typescript',
      comment:
        'A worker runs straight from its .ts file in tests: decorators and Nest cannot be in what it imports. The bare sqlite3 driver can.',
      severity: 'error',
      from: { path: '\\.worker\\.ts$' },
      to: { path: [framework.replace('|sqlite3', ''), '\\.(entity|module|controller)\\.ts$'], reachable: true },
    },
    {
      name: 'web-knows-the-generated-client-only',
      comment: 'The pages know the server by the client generated from its OpenAPI document.',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^server/' },
    },
    {
      name: 'server-knows-no-pages',
      comment: 'The server serves the built pages as files and imports nothing of them.',
      severity: 'error',
      from: { path: '^server/src/' },
      to: { path: '^web/' },
    },
    {
      name: 'the-host-agent-knows-the-contract-only',
      comment: 'The host agent of the appliance shares the language of its socket with the server, and nothing else.',
      severity: 'error',
      from: { path: '^appliance/src/' },
      to: { path: '^(server|web)/', pathNot: '^server/src/host/contract/' },
    },
    {
      name: 'server-knows-no-appliance',
      comment: 'The server talks to the host agent over its socket.',
      severity: 'error',
      from: { path: '^(server|web)/' },
      to: { path: '^appliance/' },
    },
    {
      name: 'host-contract-is-plain-typescript',
      comment: 'Both sides of the host socket import it: schemas, nothing of the project.',
      severity: 'error',
      from: { path: '^server/src/host/contract/' },
      to: { path: ['^server/src/', framework], pathNot: '^server/src/host/contract/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import points at nothing (or at a package that is not in package.json).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|#app/)' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'server/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.css'],
    },
  },
};
