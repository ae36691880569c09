/** What the agent refuses, and what does not work. */
export const refusals = {
  'refusal.noSuchDataDisk': 'There is no data disk with this partition id any more.',
  'refusal.sameId': '{{disks}} are copies of each other: say which.',
  'refusal.and': ' and ',
  'refusal.notDamaged': 'There is no damaged data disk.',
  'refusal.notRepaired': 'The disk could not be repaired. {{summary}}',
  'refusal.noSuchDisk': 'There is no disk {{device}}.',
  'refusal.notReadBack': '{{device}} was written, but what was written cannot be read back.',
  'refusal.noDataDisk': 'There is no data disk in use.',
  'refusal.dataInUse': 'There is a data disk in use already.',
  'refusal.noRoom': 'There is no room behind the image on {{device}}.',
  'refusal.diskRefused': '{{device}} cannot be used: {{why}}.',
  'refusal.confirmNeeded': '{{device}} is not empty. To erase it, type {{confirm}}.',
  'refusal.noPartition': 'The new partition did not appear.',
  'refusal.noSuchZone': 'There is no time zone {{zone}}.',
  'refusal.tooManyCodes': 'Too many wrong codes. Wait a minute.',
  'refusal.codeWrong': 'The code is wrong. It is on the console of the machine.',
  'refusal.formTooLarge': 'The form is too large.',
  'refusal.noSuchAction': 'There is no such action.',

  'key.wrong': 'This is not a public SSH key: {{why}}.',
  'key.lines': 'it must be one line',
  'key.private': 'it is a private key; keep that to yourself',
  'key.type': 'its type "{{type}}" is not known',
  'key.damaged': 'it is damaged',

  'exec.ended': 'ended with {{code}}',
  'exec.signal': 'ended with a signal',
  'exec.late': 'took longer than {{seconds}} s',

  // As the server says it in its log.
  'server.newer':
    'Dialtone cannot start: This data was last used by Dialtone {{data}}, which is newer than this one ({{ours}}). Nothing was changed. Start the newer Dialtone again; to come back to {{ours}}, choose "undo upgrade" there.',
  'server.newerBuild':
    'Dialtone cannot start: This data was last used by Dialtone of a newer build, which is newer than this one ({{ours}}). Nothing was changed. Start the newer Dialtone again; to come back to {{ours}}, choose "undo upgrade" there.',
  'server.undone':
    'Dialtone cannot start: The upgrade to Dialtone {{undone}} was undone: the data is again as it was before it, and belongs to Dialtone {{data}}. Start Dialtone {{data}} now. To upgrade after all, run: dialtone upgrade again',
  'server.ended': 'The server ended with {{code}}.',

  'unattended.notYaml': '{{file}} is not YAML: {{why}}',
  'unattended.wholeFile': 'the file',
  'unattended.passwordHash': 'must be an argon2id hash ($argon2id$...), never a clear password',
  'unattended.noRoom': 'There is no room behind the image on the stick.',
  'unattended.noBlank': 'There is no blank disk.',
  'unattended.manyBlank': 'There are {{count}} blank disks ({{names}}): name one by its serial number.',
  'unattended.noSerial': 'There is no disk with the serial number {{serial}}.',
  'unattended.refused': 'Disk {{serial}} cannot be used: {{why}}.',
  'unattended.notBlank': 'Disk {{serial}} is not blank, and the file does not say erase: true.',
} as const;
