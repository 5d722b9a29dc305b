namespace NixSharp.Registries;

/// <summary>
/// What a push believes of the manifest that its tag, or an earlier tag of the same repository, has. The manifest says of
/// each layer what it was made of; nobody but the one who wrote it vouches for that.
/// </summary>
public enum PreviousLayerPolicy
{
    /// <summary>
    /// A layer that was made of the same things is taken over: it is not read, made or sent. Whoever may write the tags
    /// of the repository could slip a layer of their own into the images that are pushed from now on, which they could
    /// otherwise do only until the next push.
    /// </summary>
    TakeOver,

    /// <summary>A layer that was made of the same things is made here too, and is not sent if it came out the same.</summary>
    Verify,

    /// <summary>What the manifest says of its layers is not looked at; that it has a digest is.</summary>
    Ignore,
}
