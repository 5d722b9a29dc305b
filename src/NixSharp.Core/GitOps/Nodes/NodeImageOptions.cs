using NixSharp.Disks.Formats;

namespace NixSharp.GitOps.Nodes;

/// <summary>How <see cref="NodeImage"/> builds a disk image.</summary>
public sealed record NodeImageOptions
{
    /// <summary>The format that the installable is built in.</summary>
    public ImageFormat Format { get; init; } = ImageFormats.Default["raw-efi"];

    /// <summary>The system of the machine, such as <c>aarch64-linux</c>; null is that of this machine.</summary>
    public string? System { get; init; }

    /// <summary>Builds in a container instead of with the <c>nix</c> of this machine; null does not.</summary>
    public NodeContainer? Container { get; init; }

    /// <summary>Told how far the image is copied.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
