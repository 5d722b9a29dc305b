using NixSharp.Images;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>A layer that is said to be one thing and comes out as another, of the same size.</summary>
internal sealed class ChangedLayer(TestLayer promised) : IImageLayer
{
    public LayerDescriptor? Descriptor => promised.Descriptor;

    public long EstimatedSize => promised.EstimatedSize;

    public async Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        await destination.WriteAsync(new byte[promised.Blob.Length], cancellationToken);
        return new LayerDescriptor(
            new NixSharp.Images.Oci.OciDescriptor("application/octet-stream", NixSharp.Images.Oci.OciDigest.Compute(new byte[promised.Blob.Length]), promised.Blob.Length),
            default);
    }
}
