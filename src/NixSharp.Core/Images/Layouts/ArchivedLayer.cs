using System.IO.Compression;
using NixSharp.Compression;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>A layer's tar archive in an archive of <c>docker save</c>, gzipped there or not.</summary>
internal sealed class ArchivedLayer : TarLayer
{
    private readonly ImageFiles _files;
    private readonly string _name;

    public ArchivedLayer(ImageFiles files, string name, OciDigest diffId, OpenOptions options)
        : base(options.Compression, options.Cache, IdentityOf(diffId, options.Compression))
    {
        _files = files;
        _name = name;
        ExpectedDiffId = diffId;
        using var stream = Open(out var size);
        EstimatedSize = size;
    }

    /// <summary>The layer's name in the archive.</summary>
    public string FileName => _name;

    public override string Name => $"the layer '{_name}' of {_files.Location}";

    public override long EstimatedSize { get; }

    private protected override OciDigest? ExpectedDiffId { get; }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        using var stream = Open(out var size);
        Span<byte> magic = stackalloc byte[2];
        using (var start = Open(out _))
        {
            magic = magic[..start.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)];
        }

        using var tar = GzipMagic.Matches(magic) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        while (output.ReadFrom(tar, long.MaxValue) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Stream Open(out long size) => _files.TryOpen(_name, out size) ?? throw _files.Damaged($"it has no file '{_name}'");
}
