using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>A layer of a base image as another image has it: the same bytes, with the media type of OCI images.</summary>
internal sealed class BaseLayer(IWritableLayer layer) : IWritableLayer
{
    public string Name => layer.Name;

    public LayerDescriptor? Descriptor => Translate(layer.Descriptor);

    public long EstimatedSize => layer.EstimatedSize;

    public LayerOrigin? Origin => layer.Origin;

    public async Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        Translate(await layer.WriteToAsync(destination, cancellationToken).ConfigureAwait(false));

    public async Task<LayerDescriptor> WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) =>
        Translate(await layer.WriteToAsync(destination, progress, cancellationToken).ConfigureAwait(false));

    public Task<OciDigest> WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) =>
        layer.WriteTarToAsync(destination, progress, cancellationToken);

    private static LayerDescriptor? Translate(LayerDescriptor? descriptor) => descriptor is { } known ? Translate(known) : null;

    private static LayerDescriptor Translate(LayerDescriptor descriptor) => descriptor with
    {
        Blob = descriptor.Blob with
        {
            MediaType = descriptor.Blob.MediaType switch
            {
                OciMediaTypes.DockerLayerGzip => OciMediaTypes.LayerGzip,
                OciMediaTypes.DockerLayer => OciMediaTypes.Layer,
                var other => other,
            },
        },
    };
}
