using NixSharp.Csi.Publishing;

namespace NixSharp.Csi.Services;

/// <summary>What a node's calls need, once the driver is ready.</summary>
internal sealed record NodeWork(VolumeAttributes Attributes, VolumePublisher Publisher, VolumeStats Stats);
