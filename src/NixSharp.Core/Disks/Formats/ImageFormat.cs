using NixSharp.Disks.Containers;

namespace NixSharp.Disks.Formats;

/// <summary>A kind of image that a NixOS configuration can become.</summary>
public sealed record ImageFormat
{
    /// <summary>The name, as nixos-generators has it: <c>raw-efi</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The attribute of <c>config.system.build</c> that is built.</summary>
    public required string Attribute { get; init; }

    /// <summary>Where the image is among the results, relative to them; <c>*</c> stands for any part of a name. The first pattern that fits counts; none means that the result itself is the image.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>What the image's name ends in, the compression included.</summary>
    public required string Extension { get; init; }

    /// <summary>What its name ends in once it is decompressed.</summary>
    public string PlainExtension => Compression is not null && Extension.LastIndexOf('.') is > 0 and var dot ? Extension[..dot] : Extension;

    /// <summary>How the image is compressed, by Nix's name: <c>zstd</c>; null where it is not.</summary>
    public string? Compression { get; init; }

    /// <summary>What the disk is wrapped in; null where the image is no disk.</summary>
    public DiskContainerKind? Container { get; init; }

    /// <summary>The systems that it can be built for; empty means any.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary>How the disk is divided.</summary>
    public PartitionLayout Layout { get; init; }

    /// <summary>What starts it.</summary>
    public BootMethod Boot { get; init; }

    /// <summary>The label of the root file system, where the format fixes it.</summary>
    public string? RootLabel { get; init; }

    /// <summary>The label of the file system that the firmware reads, where the format fixes it.</summary>
    public string? BootLabel { get; init; }

    /// <summary>Whether it can be built for a system such as <c>aarch64-linux</c>.</summary>
    public bool Supports(string system) => Systems.Count == 0 || Systems.Contains(system);
}
