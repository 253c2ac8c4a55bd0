import { COMMANDS, MOVED_COMMANDS } from '../../src/cli/commands.ts';
import { INVOCATION } from '../../src/cli/output/invocation.ts';
import { program } from '../../src/cli/program.ts';

/** A page of what `--help` says of each command, in the groups of the table of commands. */
export async function commandsPage(): Promise<string> {
  const parts = [
    '# Commands',
    `In a clone each is \`${INVOCATION} COMMAND\`; where the package is installed, \`npx asidbench COMMAND\`. This page is ` +
      'what `--help` says: `npm run make -- commands` writes it.',
  ];
  let group = '';
  for (const command of COMMANDS) {
    if (command.group !== group) {
      group = command.group;
      parts.push(`## ${group.replace(/:$/, '')}`);
    }
    parts.push(`### \`${command.name}\``, `\`\`\`\n${await helpOf(command.name)}\n\`\`\``);
  }
  const moved = Object.entries(MOVED_COMMANDS).map(([old, now]) => `| \`${old}\` | \`${now}\` |`);
  parts.push('## Names of before', `| was | is |\n|---|---|\n${moved.join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

async function helpOf(command: string): Promise<string> {
  let text = '';
  await program([command, '--help'], {
    out: (chunk) => {
      text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    },
    err: () => undefined,
  });
  return text.trim();
}
