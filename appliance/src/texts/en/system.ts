export const system = {
  'names.title': 'Names',
  'names.hostNow': 'Host name: {{name}}',
  'names.domain': 'SIP domain',
  'names.host': 'Host name',
  'names.hostText': 'The name of this machine on the local network',
  'names.hostAgain': 'Letters a-z, digits and hyphens, at most 63.',
  'names.domainText':
    'The part behind the @ of every number. It is in the settings of every phone: phones with the old one keep registering only if it stays a served domain (web, Domains).\n\nNow: {{now}}',
  'names.domainAgain': 'This is not a domain name or address.',
  'names.domainSure': 'Change the SIP domain from {{from}} to {{to}}?',

  'admin.title': 'Administrator',
  'admin.noneYet': 'There is no administrator yet. Open the web page and use the set-up code {{code}}.',
  'admin.back': 'Back',
  'admin.newCode': 'Make a new set-up code',
  'admin.serverStopped': 'The server does not run: start it first (Services).',
  'admin.text':
    'A new administrator is made, with a password that is shown once. The others are left alone; remove them in the web if you need to.\n\nLogin name:',
  'admin.loginAgain': 'Letters, digits, dot, hyphen.',
  'admin.madeHere': 'Made on the console',
  'admin.made': 'Login     {{login}}\nPassword  {{password}}\n\nIt is shown this once only.',

  'zone.title': 'Time zone',
  'zone.of': 'Time zone: {{region}}',
  'zone.now': 'Now: {{now}}',

  'services.title': 'Services',
  'services.text': 'Choose one to restart it.',
  'services.state.active': 'active',
  'services.state.reloading': 'reloading',
  'services.state.inactive': 'inactive',
  'services.state.failed': 'failed',
  'services.state.activating': 'activating',
  'services.state.deactivating': 'deactivating',
  'services.state.maintenance': 'maintenance',
  'services.restarts': 'restarts {{count}}',
  'services.cannot': '{{name}} cannot be restarted from here.',
  'services.sure': 'Restart {{name}}?',
  'services.sureServer': 'Restart {{name}}? Calls through it are cut.',

  'logs.title': 'Logs',
  'logs.server': 'Server',
  'logs.agent': 'Host agent',
  'logs.warnings': 'Warnings of everything',
  'logs.kernel': 'Kernel',
  'logs.everything': 'Everything',
  'logs.newestFirst': 'Logs, newest first (UTC)',
  'logs.empty': 'Nothing there.',

  'update.title': 'Update',
  'update.noData':
    'This is Dialtone {{version}} ({{build}}).\n\nAn upgrade is a new disc or stick: start the machine from it, with the same data disk.',
  'update.text':
    'This is Dialtone {{version}} ({{build}}). An upgrade is a new disc or stick: start the machine from it, with the same data disk.\n\n{{status}}',
  'update.untracked': 'This data was not yet started by a version that keeps track.',
  'update.nothing': 'The data is of Dialtone {{version}}. There is no upgrade to undo.',
  'update.upgraded': 'The data is of Dialtone {{version}}, upgraded from {{from}} on {{at}}.',
  'update.losing': 'An undo loses {{calls}} calls and {{entries}} ledger entries made since.',
  'update.undone': 'Done: the data is of Dialtone {{version}} again. Start that version now.',
  'update.allowed': 'The next start upgrades the data again.',
  'update.undo': 'Undo the last upgrade',
  'update.again': 'Upgrade after all, once it was undone',
  'update.undoSure':
    'The data goes back to the copy from before the upgrade. What was done since then is lost, as listed before. The server stops now.\n\nGo on?',
  'update.againSure': 'The data is upgraded once more. What the undoing took away does not come back by that.\n\nGo on?',

  'reset.title': 'Factory reset',
  'reset.text':
    'Accounts, balances, calls, recordings, keys and settings on the data disk are erased for ever, and the machine boots as a new one. To do that, type {{word}}.',
  'reset.again': 'Type {{word}}, or press Esc.',
  'reset.confirmNeeded': 'To erase everything, type {{word}}.',

  'power.reboot': 'Reboot',
  'power.poweroff': 'Power off',
  'power.rebootSure': 'Reboot now? Calls are cut.',
  'power.poweroffSure': 'Power off now? Calls are cut.',
  'power.down': 'The machine goes down.',
} as const;
