using System.Formats.Tar;
using System.IO.Compression;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>A gzipped tar archive with one file of noise, which is made when it is written unless it is known.</summary>
internal sealed class TestLayer : IImageLayer
{
    private readonly byte[] _blob;
    private readonly LayerDescriptor _descriptor;
    private int _timesWritten;

    public TestLayer(int seed, int size = 10_000, bool isKnown = false)
    {
        var noise = new byte[size];
        new Random(seed).NextBytes(noise);
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"file-{seed}") { DataStream = new MemoryStream(noise), ModificationTime = DateTimeOffset.UnixEpoch });
        }

        using var blob = new MemoryStream();
        using (var gzip = new GZipStream(blob, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar.ToArray());
        }

        _blob = blob.ToArray();
        EstimatedSize = tar.Length;
        _descriptor = new LayerDescriptor(
            new OciDescriptor(OciMediaTypes.LayerGzip, OciDigest.Compute(_blob), _blob.Length),
            OciDigest.Compute(tar.ToArray()));
        Descriptor = isKnown ? _descriptor : null;
    }

    public LayerDescriptor? Descriptor { get; private set; }

    public long EstimatedSize { get; }

    public ReadOnlyMemory<byte> Blob => _blob;

    public int TimesWritten => _timesWritten;

    /// <summary>Runs in the middle of each writing, with its number.</summary>
    public Func<int, Task>? Halfway { get; init; }

    public async Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        var time = Interlocked.Increment(ref _timesWritten);
        await destination.WriteAsync(_blob.AsMemory(0, _blob.Length / 2), cancellationToken);
        await destination.FlushAsync(cancellationToken);
        await (Halfway?.Invoke(time) ?? Task.CompletedTask);
        await destination.WriteAsync(_blob.AsMemory(_blob.Length / 2), cancellationToken);
        Descriptor = _descriptor;
        return _descriptor;
    }
}
