using System.Security.Cryptography;
using System.Text;
using NixSharp.Processes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>The Git repository that an application's folder is in; or a folder that is in none.</summary>
internal sealed class ArgoRepository
{
    private const string LockFile = "flake.lock";
    private readonly string _folder;
    private readonly bool _isThere;

    public ArgoRepository(string folder)
    {
        _folder = folder;
        for (string? current = folder; current is not null && !_isThere; current = Path.GetDirectoryName(current))
        {
            _isThere = Path.Exists(Path.Combine(current, ".git"));
        }
    }

    /// <summary>Adds a file to the index, ignored or not: Nix sees no others.</summary>
    public async Task StageAsync(string file, CancellationToken cancellationToken)
    {
        if (_isThere)
        {
            await Git("add", "--force", "--", file).RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What names an output's inputs to the byte: the tree of the index, the folder in it, and the output. Null where that
    /// does not name them all: files differ from the index, or inputs are not locked.
    /// </summary>
    public async Task<string?> FindContentsAsync(string output, CancellationToken cancellationToken)
    {
        if (!_isThere || !File.Exists(Path.Combine(_folder, LockFile)))
        {
            return null;
        }

        var difference = await Git("diff", "--quiet", "--no-ext-diff").TryRunAsync(cancellationToken).ConfigureAwait(false);
        var tree = await Git("write-tree").TryRunAsync(cancellationToken).ConfigureAwait(false);
        var prefix = await Git("rev-parse", "--show-prefix").TryRunAsync(cancellationToken).ConfigureAwait(false);
        var isLocked = await Git("ls-files", "--error-unmatch", "--", LockFile).TryRunAsync(cancellationToken).ConfigureAwait(false);
        return (difference.ExitCode, tree.ExitCode, prefix.ExitCode, isLocked.ExitCode) == (0, 0, 0, 0)
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tree.Output.Trim()}\n{prefix.Output.Trim()}\n{output}")))
            : null;
    }

    // Nothing that the repository's own configuration names is run.
    private ProcessCommand Git(params string[] arguments) => new("git", ["-C", _folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", .. arguments])
    {
        InstallHint = "apt install git (Debian)",
    };
}
