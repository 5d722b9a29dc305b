using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>What the writers of layouts and archives need of a layer.</summary>
internal interface IWritableLayer : IImageLayer
{
    /// <summary>What the layer holds, for progress and messages.</summary>
    string Name { get; }

    /// <summary>Writes the layer's bytes, and tells after each block how much of its tar archive is done.</summary>
    Task<LayerDescriptor> WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken);

    /// <summary>Writes the layer's tar archive, not compressed, and returns its digest.</summary>
    Task<OciDigest> WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken);
}
