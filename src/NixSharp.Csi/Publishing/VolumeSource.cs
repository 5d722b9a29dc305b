using NixSharp.StorePaths;

namespace NixSharp.Csi.Publishing;

/// <summary>What a volume is made of.</summary>
internal abstract record VolumeSource
{
    private VolumeSource()
    {
    }

    /// <summary>A store path.</summary>
    public sealed record Path(StorePath StorePath) : VolumeSource
    {
        public override string ToString() => StorePath.ToString();
    }

    /// <summary>An output of a flake, as <c>nix build</c> takes it.</summary>
    public sealed record Flake(string Reference) : VolumeSource
    {
        public override string ToString() => $"the flake output {Reference}";
    }

    /// <summary>A Nix expression.</summary>
    public sealed record Expression(string Text) : VolumeSource
    {
        public override string ToString() => "a Nix expression";
    }
}
