using System.Text;
using NixSharp.Files;
using NixSharp.GitOps.Repositories;
using NixSharp.Processes;

namespace NixSharp.GitOps.Secrets;

/// <summary>The hook of Git that refuses commits with secrets that are not encrypted.</summary>
public static class SecretsHook
{
    private const string Mark = "# nixsharp secrets hook";

    /// <summary>The text of the hook, for those who keep their own: a call of <c>nixsharp secrets check --staged</c>.</summary>
    /// <param name="program">The command that runs nixsharp, as the shell reads it.</param>
    /// <param name="folder">The folder of <c>.sops.yaml</c>, relative to the root of the repository.</param>
    public static string Write(string program = "nixsharp", string folder = ".") =>
        $"#!/bin/sh\n{Mark}\n# Refuses a commit with secrets that are not encrypted; 'nixsharp secrets hook --remove' takes it away.\nexec {program} {Arguments(folder)} --quiet\n";

    /// <summary>Installs the hook where Git looks for it, in place of an older one of NixSharp's own.</summary>
    /// <param name="folder">A folder of the repository; the next <c>.sops.yaml</c> upwards counts.</param>
    /// <param name="program">The command that runs nixsharp, as the shell reads it.</param>
    /// <param name="cancellationToken">Stops before the hook is written.</param>
    /// <returns>The file.</returns>
    /// <exception cref="GitOpsException">There is another hook, which is left alone, or no <c>.sops.yaml</c>.</exception>
    /// <exception cref="NixProcessException">The folder is in no repository, or Git is not there.</exception>
    /// <exception cref="NixFileException">The file cannot be written.</exception>
    public static async Task<string> InstallAsync(string folder, string program = "nixsharp", CancellationToken cancellationToken = default)
    {
        var file = await FindAsync(folder, cancellationToken).ConfigureAwait(false);
        var secrets = await SecretFiles.OpenAsync(folder, cancellationToken).ConfigureAwait(false);

        // Git runs the hook in the root of the repository, from which the rules may be a few folders down.
        var prefix = (await RepositoryFiles.Git(secrets.Root, "rev-parse", "--show-prefix").RunAsync(cancellationToken).ConfigureAwait(false)).Output.TrimEnd('\n').TrimEnd('/');
        var below = prefix.Length == 0 ? "." : prefix;
        if (File.Exists(file) && !await IsOursAsync(file, cancellationToken).ConfigureAwait(false))
        {
            throw new GitOpsException(
                NixErrorCodes.HookNotInstalled,
                $"{file} is a hook already, and not one of NixSharp's. Add this line to it, or to what manages it: {program} {Arguments(below)}",
                file);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await AtomicFile.WriteAsync(file, Encoding.UTF8.GetBytes(Write(program, below)), cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        return file;
    }

    /// <summary>Takes the hook away again; false where there is none of NixSharp's.</summary>
    /// <exception cref="NixProcessException">The folder is in no repository, or Git is not there.</exception>
    public static async Task<bool> RemoveAsync(string folder, CancellationToken cancellationToken = default)
    {
        var file = await FindAsync(folder, cancellationToken).ConfigureAwait(false);
        if (!File.Exists(file) || !await IsOursAsync(file, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        File.Delete(file);
        return true;
    }

    private static string Arguments(string folder) => $"secrets check --staged{(folder == "." ? "" : $" {ShellText.Quote(folder)}")}";

    private static async Task<string> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        var result = await RepositoryFiles.Git(root, "rev-parse", "--git-path", "hooks/pre-commit").RunAsync(cancellationToken).ConfigureAwait(false);
        return Path.GetFullPath(result.Output.TrimEnd('\n'), root);
    }

    private static async Task<bool> IsOursAsync(string file, CancellationToken cancellationToken)
    {
        const int MaxSize = 1 << 20;
        var text = await SmallFile.ReadAsync(file, MaxSize, NixErrorCodes.HookNotInstalled, cancellationToken).ConfigureAwait(false);
        return text.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\n{Mark}\n")) >= 0;
    }
}
