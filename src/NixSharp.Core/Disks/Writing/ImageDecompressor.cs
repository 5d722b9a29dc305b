using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Disks.Writing;

/// <summary>Decompresses images: <c>.zst</c>, <c>.xz</c>, <c>.gz</c> and <c>.bz2</c>, whatever their names say.</summary>
public static class ImageDecompressor
{
    /// <summary>
    /// Decompresses an image to a file whose blocks of zeros are holes. The file is there once it is whole; an image that is
    /// not compressed is copied in the same way.
    /// </summary>
    /// <param name="source">The image.</param>
    /// <param name="destination">The file, in place of what is there.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <exception cref="NixFileException">A file cannot be read or written.</exception>
    /// <exception cref="NixFormatException">The compressed bytes are damaged.</exception>
    /// <exception cref="DiskException">More comes out than is allowed.</exception>
    public static async Task<DecompressResult> DecompressAsync(string source, string destination, DecompressOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new DecompressOptions();
        using var image = ImageStream.Open(source);
        using var staged = StagedImage.Create(destination);
        using var hash = options.ComputeHash ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        var target = new SparseTarget(staged.Handle);
        try
        {
            await image.ReadAsync(
                piece =>
                {
                    if (target.Position + piece.Length > options.MaxSize)
                    {
                        throw new DiskException(NixErrorCodes.DiskWriteFailed, $"{source} is too large: more than {options.MaxSize} bytes come out of it. Check that it is the right file, or allow more.");
                    }

                    target.Write(piece.Span);
                },
                hash,
                options.Progress,
                cancellationToken).ConfigureAwait(false);
            staged.Publish(target.Position);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(destination, error);
        }

        return new DecompressResult(target.Position, target.Written, hash is null ? null : new NixHash(NixHashAlgorithm.Sha256, hash.GetHashAndReset()));
    }
}
