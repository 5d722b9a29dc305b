using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>A layer of an image in a registry, which knows where it is, so that the registry can take it over itself.</summary>
internal sealed class RegistryLayer(IWritableLayer blob, ImageReference source) : IWritableLayer
{
    public LayerOrigin Origin { get; } = new(source.Registry, source.Repository);

    public string Name => blob.Name;

    public LayerDescriptor? Descriptor => blob.Descriptor;

    public long EstimatedSize => blob.EstimatedSize;

    public Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        blob.WriteToAsync(destination, cancellationToken);

    public Task<LayerDescriptor> WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) =>
        blob.WriteToAsync(destination, progress, cancellationToken);

    public Task<OciDigest> WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) =>
        blob.WriteTarToAsync(destination, progress, cancellationToken);
}
