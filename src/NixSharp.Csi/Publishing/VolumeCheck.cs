namespace NixSharp.Csi.Publishing;

/// <summary>How a volume is checked before a pod gets it.</summary>
internal enum VolumeCheck
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>That every path is there and registered.</summary>
    Quick,

    /// <summary>That every path has the hash that it should have.</summary>
    Full,
}
