package org.untorn.core;

/** How a task is ordered among the others of its task set (SAM-5 8.6). */
public enum TaskAttribute {
  SIMPLE,
  ORDERED,
  HEAD_OF_QUEUE,
  ACA
}
