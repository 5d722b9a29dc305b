using NixSharp.Files;
using NixSharp.Nar;

namespace NixSharp.Stores;

/// <summary>Writes an object to disk, as a store keeps it, and makes sure that it is the one that was announced.</summary>
internal static class NarStaging
{
    private const int MinBuffer = 1024;
    private const int MaxBuffer = 64 * 1024;

    /// <summary>Unpacks a NAR, which must be all that is in the stream.</summary>
    /// <exception cref="NixStoreException">The NAR is not the one that <paramref name="info"/> announces.</exception>
    /// <exception cref="NixFormatException">The bytes are no NAR.</exception>
    public static void Unpack(PathInfo info, Stream nar, string target, CancellationToken cancellationToken) =>
        Write(info, target, progress: null, (writer, digest) =>
        {
            using var watched = new TeeStream(nar, block =>
            {
                digest.Write(block);
                if (digest.Size > info.NarSize)
                {
                    throw Differs(info, $"it is longer than {info.NarSize} bytes");
                }
            });
            using var buffered = new BufferedStream(watched, (int)Math.Clamp(info.NarSize, MinBuffer, MaxBuffer));
            NarReader.Read(buffered, writer, cancellationToken);
            if (buffered.ReadByte() >= 0)
            {
                throw Differs(info, "it goes on after its end");
            }
        }, cancellationToken);

    /// <summary>Copies a tree of files, without making a NAR of it but for its hash.</summary>
    /// <exception cref="NixStoreException">The NAR of the files is not the one that <paramref name="info"/> announces.</exception>
    public static void Copy(PathInfo info, string files, string target, IProgress<long>? progress, CancellationToken cancellationToken) =>
        Write(info, target, progress, (writer, digest) =>
        {
            using var nar = new NarWriter(digest);
            FileTree.Read(files, new NarTee(writer, nar), cancellationToken);
        }, cancellationToken);

    public static NixStoreException Differs(PathInfo info, string how) => new(
        NixErrorCodes.NarMismatch,
        $"The NAR of {info.Path} is not the one that was announced: {how}. Nothing was added. Get it again, or from another store.");

    private static void Write(PathInfo info, string target, IProgress<long>? progress, Action<TreeWriter, DigestStream> write, CancellationToken cancellationToken)
    {
        using var digest = DigestStream.Create(info.NarSize, progress, cancellationToken);
        using (var writer = new TreeWriter(target, TreeWriterOptions.Canonical))
        {
            write(writer, digest);
        }

        var found = digest.Complete();
        if (digest.Size != info.NarSize)
        {
            throw Differs(info, $"it has {digest.Size} bytes instead of {info.NarSize}");
        }

        if (found != info.NarHash)
        {
            throw Differs(info, $"its hash is {found} instead of {info.NarHash}");
        }

        ContentAddressCheck.Check(info, target, cancellationToken);
    }
}
