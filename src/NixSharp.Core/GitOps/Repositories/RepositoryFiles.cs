using System.Text;
using NixSharp.Processes;

namespace NixSharp.GitOps.Repositories;

/// <summary>The files of a repository, or of a folder that is none.</summary>
internal static class RepositoryFiles
{
    /// <summary>The files below a folder that Git does not ignore, relative to it and in byte order; all of them where there is no Git.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(string root, CancellationToken cancellationToken)
    {
        var files = IsInRepository(root) && ProgramSearch.Find("git", null) is not null
            ? (await ListAsync(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], cancellationToken).ConfigureAwait(false)).Distinct()
            : Walk(root);
        return [.. files.Where(path => IsPlainFile(Path.Combine(root, path))).Order(StringComparer.Ordinal)];
    }

    /// <summary>The files below a folder that the next commit adds or changes.</summary>
    public static async Task<IReadOnlyList<string>> ListStagedAsync(string root, CancellationToken cancellationToken) =>
        await ListAsync(root, ["diff", "--cached", "--name-only", "--diff-filter=ACMRT", "-z", "--relative", "--no-ext-diff"], cancellationToken).ConfigureAwait(false);

    /// <summary>The contents of a file as the next commit has them.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadStagedAsync(string root, string path, CancellationToken cancellationToken) =>
        (await Git(root, "cat-file", "blob", $":./{path}").RunAsync(cancellationToken).ConfigureAwait(false)).OutputBytes;

    public static ProcessCommand Git(string root, params string[] arguments) =>
        new("git", ["-C", root, .. arguments]) { InstallHint = "apt install git (Debian)" };

    private static async Task<IReadOnlyList<string>> ListAsync(string root, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Git(root, arguments).RunAsync(cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(result.OutputBytes.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsInRepository(string folder)
    {
        for (string? current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            if (Path.Exists(Path.Combine(current, ".git")))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> Walk(string root) =>
        Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'));

    // A link leads to a file that is checked under its own name, or is none of the repository's.
    private static bool IsPlainFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };
}
