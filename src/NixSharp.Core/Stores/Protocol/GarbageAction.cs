namespace NixSharp.Stores.Protocol;

/// <summary>What is done with garbage. The numbers are those of the wire.</summary>
internal enum GarbageAction
{
    ReturnLive = 0,
    ReturnDead = 1,
    DeleteDead = 2,
    DeleteSpecific = 3,
}
