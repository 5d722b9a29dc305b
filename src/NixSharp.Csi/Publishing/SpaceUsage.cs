namespace NixSharp.Csi.Publishing;

/// <summary>How much of something is used.</summary>
internal readonly record struct SpaceUsage(long Used, long Total, long Available);
