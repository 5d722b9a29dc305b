using NixSharp.Nar;

namespace NixSharp.Flakes.Locks;

public sealed partial class FlakeLock
{
    /// <summary>Compares the files in a folder with what was locked, by the hash of their NAR.</summary>
    /// <param name="path">The input, as names from the root with slashes between them.</param>
    /// <param name="folder">Its source, as Nix fetched it: without <c>.git</c> and without what Git ignores.</param>
    /// <param name="cancellationToken">Stops hashing.</param>
    /// <exception cref="FlakeException">The files are others, the input has no hash, or there is no such input.</exception>
    /// <exception cref="NixFileException">The folder is missing or unreadable.</exception>
    public async Task VerifyAsync(string path, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var node = Nodes[Resolve(path.Split('/'))];
        if (node.Locked?.NarHash is not { } locked)
        {
            throw new FlakeException(NixErrorCodes.UnknownFlakeInput, $"The input '{path}' is locked without a hash, so there is nothing to compare its files with. Have Nix lock it again with 'nix flake update'.");
        }

        var digest = await NarArchive.DigestAsync(folder, locked.Algorithm, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (digest.Hash != locked)
        {
            throw new FlakeException(
                NixErrorCodes.FlakeInputChanged,
                $"{folder} is not what the input '{path}' was locked to: its hash is {digest.Hash}, and {locked} was locked. Fetch the source again; a checkout has to be without .git and without files that Git does not know.");
        }
    }
}
