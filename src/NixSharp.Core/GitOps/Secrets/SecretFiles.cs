using NixSharp.Files;
using NixSharp.GitOps.Repositories;

namespace NixSharp.GitOps.Secrets;

/// <summary>The files that the rules of a <c>.sops.yaml</c> name, and whether they are encrypted.</summary>
public sealed class SecretFiles
{
    private const int MaxFileSize = 64 << 20;
    private readonly SopsConfig _config;

    private SecretFiles(string root, SopsConfig config) => (Root, _config) = (root, config);

    /// <summary>The folder of <c>.sops.yaml</c>.</summary>
    public string Root { get; }

    /// <summary>The rules.</summary>
    public SopsConfig Config => _config;

    /// <summary>Opens the repository that a folder is in: the next one upwards that has a <c>.sops.yaml</c>.</summary>
    /// <exception cref="GitOpsException">There is none, or it cannot be used.</exception>
    /// <exception cref="NixFileException">It cannot be read.</exception>
    public static async Task<SecretFiles> OpenAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        for (string? current = Path.GetFullPath(folder); current is not null; current = Path.GetDirectoryName(current))
        {
            var file = Path.Combine(current, SopsConfig.FileName);
            if (File.Exists(file))
            {
                return new SecretFiles(current, await SopsConfig.ReadAsync(file, cancellationToken).ConfigureAwait(false));
            }
        }

        throw new GitOpsException(
            NixErrorCodes.InvalidSopsConfig,
            $"Neither {Path.GetFullPath(folder)} nor any folder above it has a {SopsConfig.FileName}. Write one with creation_rules, or name the folder of the one that is meant.",
            folder);
    }

    /// <summary>
    /// The files that a rule with a <c>path_regex</c> names, relative to <see cref="Root"/>, in byte order. A rule without one is
    /// for what the others leave, and names nothing. What Git ignores does not count.
    /// </summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await RepositoryFiles.ListAsync(Root, cancellationToken).ConfigureAwait(false)).Where(IsNamed)];

    /// <summary>Checks the files as they are on disk.</summary>
    /// <returns>What is not encrypted, in the order of the files; nothing where all is as it should be.</returns>
    /// <exception cref="NixFileException">A file cannot be read.</exception>
    public async Task<IReadOnlyList<SecretProblem>> CheckAsync(CancellationToken cancellationToken = default)
    {
        var problems = new List<SecretProblem>();
        foreach (var path in await ListAsync(cancellationToken).ConfigureAwait(false))
        {
            var contents = await SmallFile.ReadAsync(Path.Combine(Root, path), MaxFileSize, NixErrorCodes.SourceUnreadable, cancellationToken).ConfigureAwait(false);
            problems.AddRange(SopsFile.FindProblems(path, contents));
        }

        return problems;
    }

    /// <summary>Checks what the next commit would have, whatever is on disk: only files that it changes.</summary>
    /// <returns>What is not encrypted; nothing where the commit may go on.</returns>
    /// <exception cref="Processes.NixProcessException">Git is not there, or fails.</exception>
    public async Task<IReadOnlyList<SecretProblem>> CheckStagedAsync(CancellationToken cancellationToken = default)
    {
        var problems = new List<SecretProblem>();
        foreach (var path in (await RepositoryFiles.ListStagedAsync(Root, cancellationToken).ConfigureAwait(false)).Where(IsNamed))
        {
            problems.AddRange(SopsFile.FindProblems(path, (await RepositoryFiles.ReadStagedAsync(Root, path, cancellationToken).ConfigureAwait(false)).Span));
        }

        return problems;
    }

    /// <summary>Fails where there are problems.</summary>
    /// <exception cref="GitOpsException">There are.</exception>
    public static void ThrowIfAny(IReadOnlyList<SecretProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        const int MaxNamed = 20;
        if (problems.Count > 0)
        {
            var more = problems.Count > MaxNamed ? $"\nand {problems.Count - MaxNamed} more" : "";
            throw new GitOpsException(
                NixErrorCodes.SecretNotEncrypted,
                $"Secrets are not encrypted:\n{string.Join('\n', problems.Take(MaxNamed))}{more}\nEncrypt them with 'sops encrypt --in-place FILE'. What was pushed already is known to others: change it.",
                problems[0].Path);
        }
    }

    private bool IsNamed(string path) => path != SopsConfig.FileName && _config.FindRule(path)?.PathRegex is not null;
}
