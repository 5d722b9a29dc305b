using NixSharp.Processes;

namespace NixSharp.GitOps.Secrets;

/// <summary>Gives encrypted files the keys that the rules name now, by running <c>sops updatekeys</c> for each.</summary>
/// <param name="program">The sops to run: a name on PATH, or a path.</param>
public sealed class SopsUpdater(string program = "sops")
{
    /// <summary>Updates every file that the rules name.</summary>
    /// <param name="files">The repository.</param>
    /// <param name="log">Gets each line that sops prints on standard error; it prints no secrets there. Null for none.</param>
    /// <param name="cancellationToken">Stops before the next file.</param>
    /// <returns>The files that were gone through.</returns>
    /// <exception cref="GitOpsException">A file is not encrypted, and nothing was done; or sops failed for some, and did the others.</exception>
    /// <exception cref="NixProcessException">sops is not there, or cannot be started.</exception>
    public async Task<IReadOnlyList<string>> UpdateAsync(SecretFiles files, IProgress<string>? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        SecretFiles.ThrowIfAny(await files.CheckAsync(cancellationToken).ConfigureAwait(false));
        var paths = await files.ListAsync(cancellationToken).ConfigureAwait(false);
        var failures = new List<string>();
        foreach (var path in paths)
        {
            // The dot keeps a name that begins with a dash from being an option.
            var result = await Command(files.Root, $"./{path}", log).TryRunAsync(cancellationToken).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                failures.Add($"{path}: {result.ErrorTail.LastOrDefault(static line => line.Length > 0) ?? $"exit code {result.ExitCode}"}");
            }
        }

        return failures.Count == 0
            ? paths
            : throw new GitOpsException(
                NixErrorCodes.SopsFailed,
                $"sops could not update the keys of {failures.Count} of {paths.Count} files:\n{string.Join('\n', failures)}\nOnly who can open a file can give it new keys: see that sops finds your key (SOPS_AGE_KEY_FILE), and run again.",
                files.Root);
    }

    private ProcessCommand Command(string root, string path, IProgress<string>? log) => new(program, "updatekeys", "--yes", path)
    {
        WorkingFolder = root,
        ErrorLines = log,
        InstallHint = "nix shell nixpkgs#sops, or see https://getsops.io",
    };
}
