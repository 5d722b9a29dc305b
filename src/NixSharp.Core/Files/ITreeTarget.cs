namespace NixSharp.Files;

/// <summary>Writes a tree whose names and order were checked; the root's name means nothing.</summary>
internal interface ITreeTarget : IFileTreeSink, IDisposable;
