using NixSharp.Processes;

namespace NixSharp.Registries.Delivery;

/// <summary>Tags and references in which <c>{commit}</c> stands for what is checked out.</summary>
public static class TagTemplate
{
    private const string Commit = "{commit}";

    /// <summary>Puts the abbreviated commit of the repository around a folder in place of <c>{commit}</c>, as in <c>sha-{commit}</c>.</summary>
    /// <param name="text">The text; without <c>{commit}</c> in it, nothing is done.</param>
    /// <param name="folder">A folder in the repository.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <exception cref="NixProcessException">There is no git (<c>NIXS5001</c>), or no repository with a commit (<c>NIXS5002</c>).</exception>
    public static async Task<string> ExpandAsync(string text, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!text.Contains(Commit, StringComparison.Ordinal))
        {
            return text;
        }

        var git = new ProcessCommand("git", "-C", folder, "rev-parse", "--short", "HEAD") { InstallHint = "apt install git" };
        var result = await git.RunAsync(cancellationToken).ConfigureAwait(false);
        return text.Replace(Commit, result.Output.Trim(), StringComparison.Ordinal);
    }
}
