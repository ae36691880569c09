import type { system as en } from '../en/system.ts';

export const system: Record<keyof typeof en, string> = {
  'names.title': 'Nombres',
  'names.hostNow': 'Nombre de equipo: {{name}}',
  'names.domain': 'Dominio SIP',
  'names.host': 'Nombre de equipo',
  'names.hostText': 'El nombre de esta máquina en la red local',
  'names.hostAgain': 'Letras de la a a la z, cifras y guiones, 63 como mucho.',
  'names.domainText':
    'Lo que va detrás de la @ de cada número. Está en los ajustes de cada teléfono: los que tengan el anterior solo se siguen registrando si continúa como dominio atendido (web, Dominios).\n\nAhora: {{now}}',
  'names.domainAgain': 'Esto no es un nombre de dominio ni una dirección.',
  'names.domainSure': '¿Cambiar el dominio SIP de {{from}} a {{to}}?',

  'admin.title': 'Administrador',
  'admin.noneYet': 'Aún no hay administrador. Abra la página web y use el código de instalación {{code}}.',
  'admin.back': 'Volver',
  'admin.newCode': 'Hacer otro código de instalación',
  'admin.serverStopped': 'El servidor no está en marcha: arránquelo antes (Servicios).',
  'admin.text':
    'Se crea un administrador nuevo con una contraseña que se muestra una sola vez. Los demás no se tocan; si hace falta, elimínelos en la web.\n\nNombre de usuario:',
  'admin.loginAgain': 'Letras, cifras, punto, guion.',
  'admin.madeHere': 'Creado en la consola',
  'admin.made': 'Usuario      {{login}}\nContraseña   {{password}}\n\nSolo se muestra esta vez.',

  'zone.title': 'Zona horaria',
  'zone.of': 'Zona horaria: {{region}}',
  'zone.now': 'Ahora: {{now}}',

  'services.title': 'Servicios',
  'services.text': 'Elija uno para reiniciarlo.',
  'services.state.active': 'en marcha',
  'services.state.reloading': 'recargando',
  'services.state.inactive': 'apagado',
  'services.state.failed': 'fallido',
  'services.state.activating': 'arrancando',
  'services.state.deactivating': 'parando',
  'services.state.maintenance': 'mantenimiento',
  'services.restarts': 'reinicios: {{count}}',
  'services.cannot': 'Desde aquí no se puede reiniciar {{name}}.',
  'services.sure': '¿Reiniciar {{name}}?',
  'services.sureServer': '¿Reiniciar {{name}}? Las llamadas que pasan por él se cortan.',

  'logs.title': 'Registro',
  'logs.server': 'Servidor',
  'logs.agent': 'Cuidado de la máquina',
  'logs.warnings': 'Avisos de todo',
  'logs.kernel': 'Núcleo',
  'logs.everything': 'Todo',
  'logs.newestFirst': 'Registro, primero lo más nuevo (UTC)',
  'logs.empty': 'No hay nada.',

  'update.title': 'Actualización',
  'update.noData':
    'Esto es Dialtone {{version}} ({{build}}).\n\nUna actualización es un disco o una memoria USB nuevos: arranque la máquina desde ellos, con el mismo disco de datos.',
  'update.text':
    'Esto es Dialtone {{version}} ({{build}}). Una actualización es un disco o una memoria USB nuevos: arranque la máquina desde ellos, con el mismo disco de datos.\n\n{{status}}',
  'update.untracked': 'Estos datos aún no se han arrancado con una versión que lleve la cuenta.',
  'update.nothing': 'Los datos son de Dialtone {{version}}. No hay ninguna actualización que deshacer.',
  'update.upgraded': 'Los datos son de Dialtone {{version}}, actualizados desde {{from}} el {{at}}.',
  'update.losing': 'Al deshacer se pierden {{calls}} llamadas y {{entries}} movimientos hechos desde entonces.',
  'update.undone': 'Hecho: los datos son otra vez de Dialtone {{version}}. Arranque ahora esa versión.',
  'update.allowed': 'El próximo arranque actualiza los datos otra vez.',
  'update.undo': 'Deshacer la última actualización',
  'update.again': 'Actualizar a pesar de todo, después de deshacer',
  'update.undoSure':
    'Los datos vuelven a la copia de antes de la actualización. Lo que se hizo desde entonces se pierde, como se ha indicado. El servidor se para ahora.\n\n¿Continuar?',
  'update.againSure': 'Los datos se actualizan otra vez. Lo que se perdió al deshacer no vuelve con eso.\n\n¿Continuar?',

  'reset.title': 'Volver al estado de fábrica',
  'reset.text':
    'Las cuentas, los saldos, las llamadas, las grabaciones, las claves y los ajustes del disco de datos se borran para siempre, y la máquina arranca como nueva. Para hacerlo, escriba {{word}}.',
  'reset.again': 'Escriba {{word}} o pulse Esc.',
  'reset.confirmNeeded': 'Para borrarlo todo, escriba {{word}}.',

  'power.reboot': 'Reiniciar',
  'power.poweroff': 'Apagar',
  'power.rebootSure': '¿Reiniciar ahora? Las llamadas se cortan.',
  'power.poweroffSure': '¿Apagar ahora? Las llamadas se cortan.',
  'power.down': 'La máquina se apaga.',
};
